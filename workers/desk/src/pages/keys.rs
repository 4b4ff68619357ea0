//! The keys of the pages: the one table from which `?` shows what works and by which the scripts act.

use std::borrow::Borrow;

use berkas_web::Lang;

/// One thing that a key does.
pub(crate) struct Key {
    /// What the scripts call it.
    pub(crate) act: &'static str,
    /// The key that does it unless somebody chose another one, as browsers call it; `1-9` are nine that cannot be changed.
    pub(crate) key: &'static str,
    /// Another one that does it too.
    pub(crate) also: Option<&'static str>,
    /// Whether it goes on while it is held down.
    pub(crate) repeats: bool,
    id: &'static str,
    en: &'static str,
}

impl Key {
    /// What it does, in the page's language.
    pub(crate) fn name(&self, lang: impl Borrow<Lang>) -> &'static str {
        lang.borrow().say(self.id, self.en)
    }

    /// Whether somebody may choose another key for it.
    pub(crate) fn is_free(&self) -> bool {
        !matches!(self.key, "1-9" | "Escape")
    }
}

const fn key(act: &'static str, key: &'static str, id: &'static str, en: &'static str) -> Key {
    Key { act, key, also: None, repeats: false, id, en }
}

const fn held_down(act: &'static str, key: &'static str, id: &'static str, en: &'static str) -> Key {
    Key { act, key, also: None, repeats: true, id, en }
}

const HELP: Key = key("help", "?", "daftar tombol ini", "this list of keys");
const LOCK: Key = key("lock", "g", "kunci meja", "lock the desk");
const UNDO: Key = key("undo", "u", "urungkan keputusan terakhir", "undo the last decision");

const DOCUMENTS: [Key; 1] = [key("document", "1-9", "dokumen", "document")];

const PAGES: [Key; 3] = [
    held_down("previous", "PageUp", "halaman sebelumnya", "previous page"),
    held_down("next", "PageDown", "halaman berikutnya", "next page"),
    key("list", "h", "daftar halaman", "list of pages"),
];

const VIEW: [Key; 13] = [
    Key { act: "in", key: "+", also: Some("="), repeats: true, id: "perbesar", en: "zoom in" },
    held_down("out", "-", "perkecil", "zoom out"),
    key("page", "0", "satu halaman penuh", "fit page"),
    key("width", "w", "selebar layar", "fit width"),
    key("full", "f", "ukuran asli", "actual size"),
    key("turn", "r", "putar ke kanan", "turn right"),
    key("back", "Shift+r", "putar ke kiri", "turn left"),
    held_down("left", "ArrowLeft", "geser ke kiri", "pan left"),
    held_down("right", "ArrowRight", "geser ke kanan", "pan right"),
    held_down("up", "ArrowUp", "geser ke atas", "pan up"),
    held_down("down", "ArrowDown", "geser ke bawah", "pan down"),
    key("beside", "o", "berkas asli di samping", "original beside it"),
    key("halves", "d", "halaman ganda: kiri, kanan, utuh", "double page: left, right, whole"),
];

const VERDICTS: [Key; 6] = [
    key("valid", "v", "dokumen sah", "document valid"),
    key("invalid", "x", "dokumen tidak sah", "document not valid"),
    key("again", "j", "nilai ulang dokumen", "judge document again"),
    key("pass", "l", "lolos", "pass"),
    key("return", "k", "kembalikan", "return"),
    key("refuse", "t", "tolak", "refuse"),
];

const CLOSE: Key = key("close", "Escape", "tutup, kembali ke pindaian", "close, back to the scan");

const QUEUES: [Key; 3] = [
    key("mine", "m", "di meja saya", "on my desk"),
    key("pool", "a", "antrean", "pool"),
    key("done", "s", "selesai hari ini", "done today"),
];

/// What works on the page of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnTask {
    /// Whether there is a document at all.
    pub(crate) scans: bool,
    /// Whether one of them has more than a page.
    pub(crate) pages: bool,
    /// Whether the caller holds the task.
    pub(crate) held: bool,
    /// Whether there is something to undo.
    pub(crate) undo: bool,
}

/// The keys of the page of a task.
pub(crate) fn on_task(page: OnTask) -> Vec<Key> {
    let mut keys = Vec::new();
    if page.scans {
        keys.extend(DOCUMENTS);
        if page.pages {
            keys.extend(PAGES);
        }
        keys.extend(VIEW);
    }
    if page.held {
        keys.extend(VERDICTS);
    }
    keys.extend(page.undo.then_some(UNDO));
    keys.extend([CLOSE, LOCK, HELP]);
    keys
}

/// The keys of a queue: of one from which the caller can take a task, and where something can be undone at its head.
pub(crate) fn on_queue(takes: bool, undo: bool) -> Vec<Key> {
    let mut keys = Vec::new();
    keys.extend(takes.then_some(key("take", "n", "ambil tugas berikutnya", "take the next task")));
    keys.extend(undo.then_some(UNDO));
    keys.extend(QUEUES);
    keys.extend([LOCK, HELP]);
    keys
}

/// The keys of the supervisors' pages beside the queues.
pub(crate) fn on_agreement() -> Vec<Key> {
    QUEUES.into_iter().chain([LOCK, HELP]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_no_page_does_one_key_stand_for_two_things() {
        let everything = on_task(OnTask { scans: true, pages: true, held: true, undo: true });
        for table in [everything, on_queue(true, true), on_agreement()] {
            let mut keys: Vec<&str> =
                table.iter().flat_map(|key| [Some(key.key), key.also]).flatten().collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all);
        }
    }

    #[test]
    fn a_decided_task_that_cannot_be_undone_names_no_key_that_writes() {
        let looking = on_task(OnTask { scans: true, pages: false, held: false, undo: false });
        let acts: Vec<&str> = looking.iter().map(|key| key.act).collect();
        for act in ["valid", "pass", "return", "undo", "next"] {
            assert!(!acts.contains(&act), "{act}");
        }
        assert!(acts.contains(&"document") && acts.contains(&"help"));
    }
}
