//! One Chromium with its driver, and what a person does with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::mem::ManuallyDrop;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities};

/// Where Debian puts it.
const BINARY: &str = "/usr/bin/chromium";

/// How long anything may take on a machine that builds something else meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// A key that stands for no character.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const PAGE_DOWN: &str = "\u{e00f}";
pub(crate) const PAGE_UP: &str = "\u{e00e}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const BACKSPACE: &str = "\u{e003}";
pub(crate) const DOWN: &str = "\u{e015}";

/// Counts what the policy refused, on every page that opens.
const WATCH: &str = "addEventListener('securitypolicyviolation', (event) => {
    const seen = JSON.parse(sessionStorage.getItem('violations') ?? '[]');
    seen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    sessionStorage.setItem('violations', JSON.stringify(seen));
})";

pub(crate) struct Chromium {
    /// Never dropped: its own end would wait for an answer in the very runtime that it blocks. `Drop` below ends the session.
    driver: ManuallyDrop<WebDriver>,
    server: DriverProcess,
    base: String,
}

impl Chromium {
    /// Starts one at `base`; `None`, with a loud word, where it is not installed.
    pub(crate) async fn start(base: &str) -> Option<Self> {
        let Some(server) = DriverProcess::start() else {
            eprintln!("SKIPPED: a browser test did not run, chromium or chromedriver is not installed");
            return None;
        };
        // Nothing here speaks TLS, but the driver's client does not start without knowing how.
        rustls::crypto::ring::default_provider().install_default().ok();
        let port = server.port;
        let mut wanted = ChromeCapabilities::new();
        wanted.set_binary(BINARY).unwrap();
        let flags =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"];
        for flag in flags {
            wanted.add_arg(flag).unwrap();
        }
        wanted.set("goog:loggingPrefs", json!({ "browser": "ALL" })).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.unwrap();
        let browser = Self { driver: ManuallyDrop::new(driver), server, base: base.to_owned() };
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.size(1366, 768, 1.0).await;
        Some(browser)
    }

    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// A window of `width` × `height` pixels as the page sees them, at `ratio` device pixels each.
    pub(crate) async fn size(&self, width: u32, height: u32, ratio: f64) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(crate) async fn dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        // Without movement: a colour on its way to another has no contrast that could be judged.
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub(crate) async fn offline(&self, offline: bool) {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Lets no answer come for addresses of this pattern until [`Self::let_go`].
    pub(crate) async fn hold_back(&self, pattern: &str) {
        self.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": pattern }] })).await;
    }

    pub(crate) async fn let_go(&self) {
        self.devtools("Fetch.disable", json!({})).await;
    }

    pub(crate) async fn open(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.base)).await.unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.driver.refresh().await.unwrap();
    }

    /// The tab that is driven now.
    pub(crate) async fn tab(&self) -> WindowHandle {
        self.driver.window().await.unwrap()
    }

    /// Opens another tab of the same browser, and drives it from now on.
    pub(crate) async fn new_tab(&self, path: &str) -> WindowHandle {
        let tab = self.driver.new_tab().await.unwrap();
        self.to_tab(&tab).await;
        self.open(path).await;
        tab
    }

    /// Drives another tab.
    pub(crate) async fn to_tab(&self, tab: &WindowHandle) {
        self.driver.switch_to_window(tab.clone()).await.unwrap();
    }

    pub(crate) async fn back(&self) {
        self.driver.back().await.unwrap();
    }

    pub(crate) async fn path(&self) -> String {
        let address = self.driver.current_url().await.unwrap();
        address.path().to_owned()
    }

    /// Passes a task of which documents were not judged: asked for, and said for all of them.
    pub(crate) async fn pass_all(&self) {
        self.keys("l").await;
        self.until("document.querySelector('#all')?.open && document.activeElement?.value === 'passed'")
            .await;
        self.keys(ENTER).await;
    }

    /// Presses keys, one after the other, wherever the keyboard is.
    pub(crate) async fn keys(&self, keys: &str) {
        let pressed = self.driver.action_chain().send_keys(keys).perform().await;
        // A key that leaves the page may take the answer with it; what it led to is waited for.
        if let Err(error) = pressed {
            let error = error.to_string();
            let left = ["aborted by navigation", "no such execution context"];
            assert!(left.iter().any(|sign| error.contains(sign)), "{error}");
        }
    }

    /// What a script returns on the page.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Waits until an expression of the page is true.
    pub(crate) async fn until(&self, condition: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            // While a page is being left there may be nobody to answer.
            let answer = self.driver.execute(format!("return Boolean({condition})"), Vec::new()).await;
            if answer.is_ok_and(|answer| answer.json() == true) {
                return;
            }
            if Instant::now() > end {
                let text = self.ask("return document.body.innerText.slice(0, 600)").await;
                panic!("`{condition}` did not come true on {}: {text}", self.path().await);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Waits until a script returns `expected`.
    pub(crate) async fn until_asked(&self, script: &str, expected: impl Into<Value>) {
        let (end, expected) = (Instant::now() + PATIENCE, expected.into());
        while self.ask(script).await != expected {
            assert!(Instant::now() < end, "`{script}` did not return {expected}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Drags from the middle of an element by so many pixels.
    pub(crate) async fn drag(&self, selector: &str, (dx, dy): (i32, i32)) {
        let middle = format!(
            "const box = document.querySelector('{selector}').getBoundingClientRect();
             return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]"
        );
        let (x, y): (i32, i32) = serde_json::from_value(self.ask(&middle).await).unwrap();
        for (kind, x, y) in
            [("mousePressed", x, y), ("mouseMoved", x + dx, y + dy), ("mouseReleased", x + dx, y + dy)]
        {
            let event =
                json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Waits until a text can be seen.
    pub(crate) async fn sees(&self, text: &str) {
        self.until(&format!("document.body?.innerText.includes({})", json!(text))).await;
    }

    /// Signs in by keys.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) {
        self.open("/login").await;
        self.until("document.activeElement?.id === 'login'").await;
        self.keys(&format!("{login}{TAB}{password}{ENTER}")).await;
        self.until("location.pathname !== '/login' && document.readyState === 'complete'").await;
    }

    /// What the content policy refused so far, by the pages' own events and by the browser's log.
    pub(crate) async fn violations(&self) -> Vec<String> {
        let told = self.ask("return JSON.parse(sessionStorage.getItem('violations') ?? '[]')").await;
        let mut found: Vec<String> = serde_json::from_value(told).unwrap();
        let log = self.driver.browser_log().await.unwrap();
        let refused = log.into_iter().map(|entry| entry.message);
        found.extend(refused.filter(|message| message.contains("Content Security Policy")));
        found
    }

    /// Leaves a picture in the folder that `BERKAS_SCREENSHOTS` names, for who wants to look.
    pub(crate) async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("BERKAS_SCREENSHOTS") {
            let file = Path::new(&folder).join(format!("{name}.png"));
            self.driver.screenshot(&file).await.unwrap();
        }
    }
}

impl Drop for Chromium {
    /// Ends the session, and with it the browser, also when a test fails.
    fn drop(&mut self) {
        let session = self.driver.session_id();
        if let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.server.port)) {
            line.set_read_timeout(Some(PATIENCE)).ok();
            let request =
                format!("DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            line.write_all(request.as_bytes()).ok();
            // It answers when the browser has gone.
            line.read_exact(&mut [0; 12]).ok();
        }
    }
}

/// The driver's own process; it ends with this.
struct DriverProcess {
    process: Child,
    port: u16,
}

impl DriverProcess {
    /// `None` where the browser or its driver is not installed.
    fn start() -> Option<Self> {
        if !Path::new(BINARY).exists() {
            return None;
        }
        let process = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().ok()?;
        Some(Self::listening(process))
    }

    fn listening(mut process: Child) -> Self {
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // First it says which port it was told: any, which is 0.
        let told = |line: String| line.split_once("on port ")?.1.trim_end_matches('.').parse().ok();
        let said = lines.find_map(|line| told(line.unwrap()).filter(|port| *port != 0));
        // The rest is read away, so that it never waits to print.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port: said.unwrap() }
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
