//! `berkas submit`: one dossier from your own files, followed to its answer.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use berkas_domain::form::{Form, PersonEntry, Role};
use berkas_domain::{DocumentKind, MobileNumber, OfficeCode, Sha256Hash};
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::output::{self, Format};

/// `berkas submit`.
#[derive(Debug, Args)]
pub struct SubmitArgs {
    /// The filled form, `form.v1`. Its `documents` may be left out: they are made from the files.
    #[arg(long)]
    form: PathBuf,
    /// The papers, in the order of the form's documents: `kind=file`, for example `kk=scan.pdf`.
    #[arg(required = true, value_parser = paper)]
    papers: Vec<Paper>,
    /// The office that sends.
    #[arg(long)]
    office: OfficeCode,
    /// Where Berkas is.
    #[arg(long, env = "BERKAS_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The office's API key; better in the environment than on the command line.
    #[arg(long, env = "BERKAS_API_KEY", hide_env_values = true)]
    api_key: String,
    /// Publish to this broker, as the office's user, instead of posting to the HTTP door.
    #[arg(long, env = "BERKAS_OFFICE_AMQP_URL", hide_env_values = true)]
    amqp: Option<String>,
    /// Your own id of the submission, a UUID; a fresh one is drawn and printed when absent. Sending it again under the same
    /// id is answered the same and doubles nothing, where the form has a `salt` of its own. A repair needs it.
    #[arg(long)]
    sender_id: Option<Uuid>,
    /// The revision: 2 and up for repairs.
    #[arg(long, default_value_t = 1)]
    revision: i32,
    /// Who of the form agreed to be told of the outcome by a short message, for example `reporter`; the form has the number.
    #[arg(long, value_name = "PERSON")]
    sms_consent: Option<Role>,
    /// That number, where the form has none; better in the environment than on the command line.
    #[arg(long, env = "BERKAS_APPLICANT_PHONE", hide_env_values = true, requires = "sms_consent")]
    phone: Option<String>,
    /// Save the receipt, a page to be printed, to this file.
    #[arg(long, conflicts_with = "amqp")]
    receipt: Option<PathBuf>,
    /// Only send; do not wait for the decision.
    #[arg(long)]
    no_follow: bool,
    /// How long to wait for the decision, in seconds.
    #[arg(long, default_value_t = 3600)]
    wait: u64,
}

/// One `kind=file`.
#[derive(Debug, Clone)]
struct Paper {
    kind: DocumentKind,
    file: PathBuf,
}

fn paper(text: &str) -> Result<Paper, String> {
    let (kind, file) = text.split_once('=').ok_or("`kind=file` is needed, for example `kk=scan.pdf`")?;
    let kind = kind.parse().map_err(|_| format!("`{kind}` is no document kind"))?;
    Ok(Paper { kind, file: file.into() })
}

pub async fn run(args: SubmitArgs, format: Format) -> anyhow::Result<ExitCode> {
    let client = Client::new(&args.url, Some(&args.api_key))?;
    let files = read_papers(&args.papers)?;
    let mut form = read_form(&args.form, &args.papers, &files)?;
    if let (Some(role), Some(phone)) = (args.sms_consent, args.phone) {
        set_phone(&mut form, role, phone)?;
    }
    let form_bytes = serde_json::to_vec(&form)?;
    for bytes in files.iter().chain(std::iter::once(&form_bytes)) {
        client.upload(bytes).await.context("nothing was handed in")?;
    }
    let sender_id = args.sender_id.unwrap_or_else(Uuid::now_v7);
    let documents: Vec<Value> = form
        .documents
        .iter()
        .zip(&files)
        .map(|(document, bytes)| {
            json!({ "kind": document.kind, "sha256": document.sha256, "size": bytes.len(),
                    "media_type": berkas_imaging::MediaType::sniff(bytes).map_or("application/octet-stream", |media| media.mime()) })
        })
        .collect();
    let mut data = json!({
        "sender_id": sender_id, "office": args.office, "service": form.service, "case": form.case,
        "revision": args.revision,
        "form": { "sha256": Sha256Hash::of(&form_bytes), "size": form_bytes.len() },
        "documents": documents,
    });
    if let Some(person) = args.sms_consent {
        data["contact"] = json!({ "person": person, "sms_consent": true });
    }
    let message = match &args.amqp {
        None => {
            // Where the answer is lost on the way, it may have been accepted: the same id finds that out.
            let sent = client.post("/api/v1/submissions", &data).await;
            let accepted = sent.with_context(|| format!("sending it with the sender id {sender_id}"))?;
            let word = format!("accepted, sender id {sender_id}");
            report(&accepted, format, &word)?;
            if let Some(file) = &args.receipt {
                save_receipt(&client, &accepted, args.revision, file).await?;
            }
            None
        }
        Some(url) => {
            let sent = crate::client::publish_submission(url, &args.office, form.service, data).await;
            let message = sent.with_context(|| format!("sending it with the sender id {sender_id}"))?;
            let value = json!({ "sender_id": sender_id, "revision": args.revision, "message": message });
            output::done(format, &value, format_args!("—  sent, sender id {sender_id}"))?;
            Some(message)
        }
    };
    if args.no_follow {
        return Ok(ExitCode::SUCCESS);
    }
    follow(&client, sender_id, args.revision, message, Duration::from_secs(args.wait), format).await
}

async fn save_receipt(client: &Client, accepted: &Value, revision: i32, file: &Path) -> anyhow::Result<()> {
    let number = accepted["registration_number"].as_str().context("the answer has no number")?;
    let page = client.page(&format!("/api/v1/submissions/{number}/receipt?revision={revision}")).await?;
    std::fs::write(file, page).with_context(|| format!("writing `{}`", file.display()))
}

fn read_papers(papers: &[Paper]) -> anyhow::Result<Vec<Vec<u8>>> {
    papers
        .iter()
        .map(|paper| {
            std::fs::read(&paper.file).with_context(|| format!("reading `{}`", paper.file.display()))
        })
        .collect()
}

/// Reads the form and puts the hashes of the files into its documents.
fn read_form(path: &Path, papers: &[Paper], files: &[Vec<u8>]) -> anyhow::Result<Form> {
    let text = std::fs::read(path).with_context(|| format!("reading `{}`", path.display()))?;
    let mut form: Value = serde_json::from_slice(&text).context("the form is not JSON")?;
    let mut documents = form.get("documents").and_then(Value::as_array).cloned().unwrap_or_default();
    if documents.is_empty() {
        documents = papers.iter().map(|paper| json!({ "kind": paper.kind })).collect();
    }
    ensure!(
        documents.len() == papers.len(),
        "the form names {} documents and there are {} files",
        documents.len(),
        papers.len()
    );
    for ((document, paper), bytes) in documents.iter_mut().zip(papers).zip(files) {
        let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default();
        ensure!(kind == paper.kind.as_str(), "the form has `{kind}` where `{}` is given", paper.kind);
        if let Some(object) = document.as_object_mut() {
            object.insert("sha256".to_owned(), json!(Sha256Hash::of(bytes)));
        }
    }
    if let Some(object) = form.as_object_mut() {
        object.insert("documents".to_owned(), Value::Array(documents));
        object.entry("salt").or_insert_with(|| json!(format!("{:032x}", rand::random::<u128>())));
    }
    serde_json::from_value(form).context("the form is not `form.v1`")
}

/// Puts the number into the form, which is sealed: no message holds it.
fn set_phone(form: &mut Form, role: Role, phone: String) -> anyhow::Result<()> {
    ensure!(MobileNumber::read(&phone).is_some(), "`--phone` is no number that can get short messages");
    let place = match form.persons.get(&role) {
        Some(PersonEntry::SameAs(same)) => same.same_as,
        _ => role,
    };
    let Some(PersonEntry::Person(person)) = form.persons.get_mut(&place) else {
        bail!("the form has no `{role}`");
    };
    person.phone = Some(phone);
    Ok(())
}

/// Waits until the submission is decided, telling each stage once, or until the `message` that carried it is refused.
async fn follow(
    client: &Client,
    sender_id: Uuid,
    revision: i32,
    message: Option<Uuid>,
    wait: Duration,
    format: Format,
) -> anyhow::Result<ExitCode> {
    let path = format!("/api/v1/submissions?sender_id={sender_id}");
    let deadline = tokio::time::Instant::now() + wait;
    let mut told = String::new();
    while tokio::time::Instant::now() < deadline {
        if let Some(status) = client.get_if_there(&path).await? {
            let stage = status["stage"].as_str().unwrap_or_default().to_owned();
            let current = status["revision"].as_i64() == Some(i64::from(revision));
            if current && stage != told {
                report(&status, format, &stage)?;
                told.clone_from(&stage);
            }
            if current && matches!(stage.as_str(), "noticed" | "withdrawn") {
                let passed = status["outcome"].as_str() == Some("passed");
                if !passed && format == Format::Text {
                    report_reasons(&decision(client, &status).await?);
                }
                return Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
        }
        // Through the broker a refusal comes as a notice and in no other way.
        if let Some(message) = message
            && told.is_empty()
            && let Some(rejected) = rejection(client, message).await?
        {
            report_rejection(&rejected, format)?;
            return Ok(ExitCode::FAILURE);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("no decision yet; `GET {path}` tells what becomes of it")
}

/// What the inbox says of the outcome of a submission, the newest notices looked at; `Null` where that is too long ago.
async fn decision(client: &Client, status: &Value) -> anyhow::Result<Value> {
    let inbox = client.get("/api/v1/notices").await?;
    let decides = |notice: &&Value| {
        let data = if notice["type"] == "id.berkas.correction.v1" {
            &notice["data"]["decision"]
        } else {
            &notice["data"]
        };
        data["registration_number"] == status["registration_number"]
            && data["revision"] == status["revision"]
            && data["outcome"] == status["outcome"]
    };
    let found = inbox["notices"].as_array().and_then(|notices| notices.iter().find(decides));
    Ok(found.cloned().unwrap_or_default())
}

/// What the inbox says of the refusal of a message, the newest notices looked at.
async fn rejection(client: &Client, message: Uuid) -> anyhow::Result<Option<Value>> {
    let inbox = client.get("/api/v1/notices").await?;
    let refuses = |notice: &&Value| {
        notice["type"] == "id.berkas.rejected.v1" && notice["data"]["message"] == message.to_string()
    };
    Ok(inbox["notices"].as_array().and_then(|notices| notices.iter().find(refuses).cloned()))
}

fn report_rejection(notice: &Value, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return output::json_line(notice);
    }
    output::line("—  rejected");
    report_reasons(notice);
    Ok(())
}

/// The reasons of a rejection or a decision, a line each.
fn report_reasons(notice: &Value) {
    let data = &notice["data"];
    let reasons = data["reasons"].as_array().or_else(|| data["decision"]["reasons"].as_array());
    for reason in reasons.into_iter().flatten() {
        let word = |key: &str| reason[key].as_str().unwrap_or_default().to_owned();
        let field = reason["field"].as_str().map(|field| format!(" ({field})")).unwrap_or_default();
        output::line(format_args!("   {}: {}{field}", word("code"), word("text_en")));
    }
}

fn report(value: &Value, format: Format, word: &str) -> anyhow::Result<()> {
    if format == Format::Json {
        return output::json_line(value);
    }
    let number = value["registration_number"].as_str().unwrap_or("—");
    let outcome = value["outcome"].as_str().map(|outcome| format!(", {outcome}")).unwrap_or_default();
    output::line(format_args!("{number}  {word}{outcome}"));
    Ok(())
}
