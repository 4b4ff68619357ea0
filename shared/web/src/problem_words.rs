//! What a person reads on the page of a problem.

use crate::{KEPT_AS_DRAFT, Lang, Problem};

/// Indonesian and English.
type Both = (&'static str, &'static str);

/// The words of a problem: heading and advice.
struct Words {
    /// The problem's code.
    code: &'static str,
    /// Where the code alone says too little: a code or the pointer that one of its faults has.
    fault: Option<&'static str>,
    heading: Both,
    advice: Both,
}

const fn words(code: &'static str, heading: Both, advice: Both) -> Words {
    Words { code, fault: None, heading, advice }
}

const fn at(code: &'static str, fault: &'static str, heading: Both, advice: Both) -> Words {
    Words { code, fault: Some(fault), heading, advice }
}

/// What has words of its own; the first that fits counts.
const WORDS: &[Words] = &[
    words(
        "forbidden",
        ("Tidak diizinkan", "Not allowed"),
        ("Akun Anda tidak berwenang membuka halaman ini.", "Your account may not open this page."),
    ),
    words(
        "not_found",
        ("Tidak ditemukan", "Not found"),
        ("Halaman ini tidak ada, atau bukan tugas Anda.", "There is no such page, or it is not yours."),
    ),
    at(
        "lease_lost",
        KEPT_AS_DRAFT,
        ("Tugas sudah lepas", "The task is no longer yours"),
        (
            "Batas waktu pegang habis. Keputusan tidak dikirim, tetapi pilihan Anda tersimpan dan muncul lagi bila tugas ini kembali kepada Anda.",
            "Your lease ran out. The decision was not sent, but what you chose is kept and shown when the task is yours again.",
        ),
    ),
    words(
        "lease_lost",
        ("Tugas sudah lepas", "The task is no longer yours"),
        (
            "Batas waktu pegang habis, atau tugas telah berpindah. Keputusan tidak disimpan.",
            "Your lease ran out, or the task has moved on. The decision was not saved.",
        ),
    ),
    words(
        "decided_otherwise",
        ("Sudah diputus lain", "Decided otherwise"),
        (
            "Keputusan lain sudah diambil lebih dahulu dan tetap berlaku. Urungkan dahulu untuk memutus lain.",
            "Another decision was taken first and stands. Undo it to decide otherwise.",
        ),
    ),
    words(
        "not_all_judged",
        ("Ada dokumen yang belum dinilai", "Some documents were not judged"),
        (
            "Berkas lolos hanya bila setiap dokumen dinilai sah. Kembali, nilai setiap dokumen, atau pilih Semua sah.",
            "A dossier passes only when every document is judged valid. Go back, judge each of them, or choose All valid.",
        ),
    ),
    words(
        "nothing_to_undo",
        ("Tidak dapat diurungkan lagi", "Too late to undo"),
        ("Pemberitahuan sudah dikirim ke kecamatan.", "The notice has left for the kecamatan."),
    ),
    words(
        "nothing_to_send",
        ("Tidak ada yang dikirim", "There is nothing to send"),
        (
            "Pemberitahuan sudah berangkat, atau keputusan ini menunggu sampai masanya habis.",
            "The notice has left already, or this decision waits for its hold in any case.",
        ),
    ),
    words(
        "task_changed",
        ("Tugas sudah berubah", "The task has changed"),
        (
            "Tugas ini diambil, dilepas, diputus atau ditarik sejak halaman Anda dibuka; tidak ada yang dipindahkan.",
            "The task was taken, given back, decided or withdrawn since your page was opened; nothing was moved.",
        ),
    ),
    words(
        "unfit",
        ("Tidak dapat diserahkan", "This cannot be handed over"),
        (
            "Petugas itu tidak bertugas, tidak berwenang untuk layanan ini, sudah penuh, atau punya kepentingan. Pilih yang lain.",
            "That verifier is off duty, not competent for this service, holds all they can, or has a stake in it. Choose another.",
        ),
    ),
    words(
        "conflict_of_interest",
        ("Ada benturan kepentingan", "There is a conflict of interest"),
        (
            "Anda punya kepentingan dalam berkas ini, sehingga orang lain yang memutus.",
            "You have a stake in this dossier, so that somebody else decides.",
        ),
    ),
    words(
        "revision_unexpected",
        ("Sudah ada perbaikan", "A repair has come in"),
        (
            "Kecamatan mengirim perbaikan sejak halaman Anda dibuka. Buka riwayatnya lagi.",
            "The kecamatan has sent a repair since your page was opened. Open the history again.",
        ),
    ),
    words(
        "decision_changed",
        ("Keputusan sudah berubah", "The decision has changed"),
        (
            "Berkas ini diputus lain sejak halaman Anda dibuka; tidak ada yang dibatalkan. Buka riwayatnya lagi.",
            "This dossier was decided otherwise since your page was opened; nothing was reversed. Open the history again.",
        ),
    ),
    words(
        "not_told",
        ("Belum disampaikan", "Not told yet"),
        (
            "Tidak ada keputusan berlaku yang sudah disampaikan ke kecamatan. Selama masih ditahan, pemutusnya sendiri dapat mengurungkan.",
            "The kecamatan was told no decision that stands. Within the hold, who took it can undo it.",
        ),
    ),
    words(
        "claimed_elsewhere",
        ("Ada berkas lain tentang anak ini", "Another dossier is about this child"),
        ("Putuskan berkas yang lain itu dahulu.", "Decide that other dossier first."),
    ),
    words(
        "not_passed",
        ("Belum lolos", "It has not passed"),
        (
            "Hanya berkas yang lolos dan sudah disampaikan yang dapat menunggu blanko.",
            "Only what passed and was told can wait for blanks.",
        ),
    ),
    words(
        "no_blanks",
        ("Tidak memakai blanko", "It needs no blanks"),
        ("Dokumen layanan ini dicetak pada kertas biasa.", "This service is printed on plain paper."),
    ),
    words(
        "roster_changed",
        ("Jadwal sudah berubah", "The roster has changed"),
        (
            "Orang lain mengubah jadwal ini sejak halaman Anda dibuka; perubahan Anda tidak disimpan. Buka jadwal lagi.",
            "Somebody else has changed this roster since your page was opened; your change was not saved. Open the roster again.",
        ),
    ),
    at(
        "invalid",
        "roster",
        ("Jadwal tidak terbaca", "The roster cannot be read"),
        (
            "Tulis hari dan jam seperti sen-jum 07:30-15:30, giliran tambahan seperti 08:00-12:00. Kembali dan perbaiki.",
            "Write days and hours like mon-fri 07:30-15:30, extra shifts like 08:00-12:00. Go back and mend it.",
        ),
    ),
    at(
        "invalid",
        "/back_on",
        ("Harinya tidak dapat dipilih", "That day cannot be chosen"),
        (
            "Pilih hari setelah hari ini, dan tidak terlalu jauh ke depan.",
            "Choose a day after today, and not too far ahead.",
        ),
    ),
    at(
        "invalid",
        "note_needed",
        ("Catatan masih kosong", "The note is empty"),
        (
            "Alasan “Lainnya” tidak menjelaskan apa-apa kepada kecamatan. Kembali dan tulis catatannya.",
            "“Something else” tells the kecamatan nothing. Go back and write the note.",
        ),
    ),
    at(
        "invalid",
        "/note",
        ("Catatan tidak dapat dikirim", "The note cannot be sent"),
        (
            "Paling banyak 500 huruf, tanpa NIK atau nomor KK, dan hanya untuk pengembalian atau penolakan. Kembali dan perbaiki.",
            "At most 500 characters, no NIK or number of a family card, and only with a return or refusal. Go back and mend it.",
        ),
    ),
    at(
        "invalid",
        "nothing_changes",
        ("Tidak ada yang berubah", "Nothing would change"),
        ("Berkas ini sudah diputus begitu.", "This dossier is decided so already."),
    ),
    words(
        "invalid",
        ("Isian bertentangan", "This does not fit together"),
        (
            "Dokumen yang tidak sah tidak dapat diloloskan; pengembalian dan penolakan perlu alasan.",
            "What is not valid cannot pass; a return or refusal needs a reason.",
        ),
    ),
    words(
        "malformed",
        ("Tidak terbaca", "This cannot be read"),
        (
            "Alamat atau isian tidak lengkap atau keliru. Kembali dan periksa.",
            "The address or what was entered is incomplete or wrong. Go back and check.",
        ),
    ),
    words(
        "method_not_allowed",
        ("Tidak dapat dibuka", "This cannot be opened"),
        (
            "Alamat ini hanya menerima kiriman dari formulir. Mulai lagi dari halaman awal.",
            "This address only takes what a form sends. Begin anew from the start page.",
        ),
    ),
    words(
        "too_large",
        ("Terlalu besar", "Too large"),
        (
            "Isian terlalu panjang. Kembali dan ringkas.",
            "What was entered is too long. Go back and shorten it.",
        ),
    ),
    words(
        "cross_site",
        ("Permintaan ditolak", "Request refused"),
        ("Permintaan ini datang dari situs lain.", "This request came from another site."),
    ),
    words("unavailable", OUT_OF_ORDER, TRY_AGAIN),
    words("busy", OUT_OF_ORDER, TRY_AGAIN),
    words("took_too_long", OUT_OF_ORDER, TRY_AGAIN),
];

const OUT_OF_ORDER: Both = ("Sedang terganggu", "Out of order");
const TRY_AGAIN: Both =
    ("Salah satu bagian sistem sedang mati. Coba lagi sebentar.", "A part is down. Try again shortly.");

/// Heading and advice in `lang`.
pub(crate) fn of(problem: &Problem, lang: Lang) -> (&'static str, &'static str) {
    let has =
        |wanted: &str| problem.errors.iter().any(|fault| fault.code == wanted || fault.pointer == wanted);
    let fits = |words: &&Words| words.code == problem.code && words.fault.is_none_or(has);
    let (heading, advice) = match WORDS.iter().find(fits) {
        Some(words) => (words.heading, words.advice),
        None if problem.status < 500 => (
            ("Permintaan tidak dapat diproses", "The request cannot be processed"),
            ("Kembali dan periksa isian Anda.", "Go back and check what you entered."),
        ),
        None => (
            ("Terjadi kesalahan", "Something went wrong"),
            ("Kesalahan ada pada kami dan sudah tercatat.", "The fault is ours and has been noted."),
        ),
    };
    (lang.say(heading.0, heading.1), lang.say(advice.0, advice.1))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn what_a_fault_says_more_closely_comes_before_what_its_code_says() {
        let invalid = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "no");
        let heading = |problem: &Problem| of(problem, Lang::En).0;
        assert_eq!(heading(&invalid), "This does not fit together");
        assert_eq!(heading(&invalid.clone().fault("/week", "roster", "")), "The roster cannot be read");
        assert_eq!(heading(&invalid.fault("/note", "too_long", "")), "The note cannot be sent");
    }

    #[test]
    fn no_words_stand_behind_others_that_always_come_first() {
        for (place, words) in WORDS.iter().enumerate() {
            let before = WORDS.iter().take(place);
            let hides = |other: &Words| {
                other.code == words.code && other.fault.is_none_or(|of| Some(of) == words.fault)
            };
            assert!(!before.into_iter().any(hides), "{} {:?}", words.code, words.fault);
        }
    }

    #[test]
    fn what_nobody_has_words_for_is_told_by_whose_fault_it_is() {
        let told = |status| of(&Problem::new(status, "strange", "no"), Lang::En).0;
        assert_eq!(told(StatusCode::CONFLICT), "The request cannot be processed");
        assert_eq!(told(StatusCode::INTERNAL_SERVER_ERROR), "Something went wrong");
    }
}
