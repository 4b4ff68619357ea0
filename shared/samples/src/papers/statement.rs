//! Statements people make themselves: SPTJM (F-1.05, F-2.03, F-2.04, death data), F-1.04, F-1.07, plain statements.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::{Person, Role};

use super::form_sheet::Lines;
use super::words::{self, long_date};
use super::{A4, Content, Press, Sheet};
use crate::ink::{Area, BLACK, Face, GREY, WHITE};

struct Wording {
    code: &'static str,
    title: [&'static str; 2],
    about: Role,
    claim: &'static str,
}

pub(super) fn draw(press: &mut Press<'_>, content: &Content<'_>) -> Vec<Sheet> {
    let wording = wording(content);
    let sheet = press.sheet(A4, WHITE, |page| {
        let mut lines = Lines::start(page, wording.code, &wording.title);
        let signer = content.paper.signed_by.as_ref().and_then(|signers| signers.first()).copied();
        let signer = content.person(signer.or(content.paper.of).unwrap_or(Role::Reporter));
        lines.page.text((16.0, lines.y + 3.0), (Face::Sans, 10.0), BLACK, "Saya yang bertanda tangan di bawah ini:");
        lines.y += 11.0;
        identity(&mut lines, signer);
        lines.page.text((16.0, lines.y + 3.0), (Face::Sans, 10.0), BLACK, "menyatakan dengan sesungguhnya bahwa:");
        lines.y += 11.0;
        identity(&mut lines, content.person(wording.about));
        let oath = "Demikian surat pernyataan ini saya buat dengan sebenar-benarnya dan apabila di kemudian hari \
                    ternyata pernyataan saya ini tidak benar, maka saya bersedia diproses secara hukum sesuai dengan \
                    peraturan perundang-undangan dan dokumen yang diterbitkan akibat dari pernyataan ini menjadi \
                    tidak sah.";
        for text in [wording.claim, oath] {
            lines.y = lines.page.paragraph((16.0, lines.y + 4.0), 178.0, (Face::Sans, 10.0), text);
        }
        signatures(&mut lines, content, signer);
    });
    vec![sheet]
}

fn wording(content: &Content<'_>) -> Wording {
    let of = content.paper.of.unwrap_or(Role::Applicant);
    let (code, title, about, claim) = match content.paper.shows {
        Kind::FormF203 => (
            "F-2.03",
            ["SURAT PERNYATAAN TANGGUNG JAWAB MUTLAK", "KEBENARAN DATA KELAHIRAN"],
            Role::Child,
            "adalah benar anak yang lahir pada tempat dan tanggal tersebut di atas.",
        ),
        Kind::FormF204 => (
            "F-2.04",
            ["SURAT PERNYATAAN TANGGUNG JAWAB MUTLAK", "KEBENARAN SEBAGAI PASANGAN SUAMI ISTRI"],
            Role::Mother,
            "adalah benar pasangan suami istri sebagaimana tercantum dalam kartu keluarga.",
        ),
        Kind::SptjmKematian => (
            "SPTJM",
            ["SURAT PERNYATAAN TANGGUNG JAWAB MUTLAK", "KEBENARAN DATA KEMATIAN"],
            Role::Deceased,
            "adalah benar telah meninggal dunia pada tanggal yang tercantum dalam formulir pelaporan.",
        ),
        Kind::FormF105 => (
            "F-1.05",
            ["SURAT PERNYATAAN TANGGUNG JAWAB MUTLAK", "PERKAWINAN/PERCERAIAN BELUM TERCATAT"],
            Role::Spouse,
            "adalah pasangan saya yang perkawinannya belum tercatat.",
        ),
        Kind::FormF104 => (
            "F-1.04",
            ["SURAT PERNYATAAN", "TIDAK MEMILIKI DOKUMEN KEPENDUDUKAN"],
            of,
            "tidak memiliki dokumen kependudukan.",
        ),
        Kind::FormF107 | Kind::SuratKuasa => (
            "F-1.07",
            ["SURAT KUASA", "DALAM PELAYANAN ADMINDUK"],
            Role::Attorney,
            "saya beri kuasa untuk mengurus permohonan.",
        ),
        _ => (
            "CONTOH",
            ["SURAT PERNYATAAN", "BERMETERAI CUKUP"],
            of,
            "tidak keberatan atas permohonan dalam berkas ini.",
        ),
    };
    Wording { code, title, about, claim }
}

fn identity(lines: &mut Lines<'_, '_>, person: &Person) {
    lines.line("Nama", &person.name);
    lines.boxes("NIK", 16, person.nik.as_deref().unwrap_or(""));
    lines.line("Tempat, tanggal lahir", &words::birth(person));
    lines.line("Pekerjaan", words::text(&person.occupation));
    lines.line("Alamat", words::text(&person.address));
}

fn signatures(lines: &mut Lines<'_, '_>, content: &Content<'_>, signer: &Person) {
    lines.y += 6.0;
    let place = format!("JOMBANG, {}", long_date(content.form.handed_in));
    lines.page.centred((155.0, lines.y), (Face::Sans, 9.0), BLACK, &place);
    lines.y += 5.0;
    let signed = content.paper.signed_by.as_ref().is_some_and(|signers| !signers.is_empty());
    duty_stamp(lines);
    lines.sign(155.0, "Yang membuat pernyataan,", signed, &signer.name);
    let Some(witnesses) = &content.paper.witnesses else { return };
    lines.y += 30.0;
    for (index, role) in witnesses.iter().enumerate() {
        let title = format!("Saksi {},", index + 1);
        lines.sign(55.0 + 100.0 * index as f32, &title, signed, &content.person(*role).name);
    }
}

/// A revenue stamp, invented.
fn duty_stamp(lines: &mut Lines<'_, '_>) {
    let area = Area::new(130.0, lines.y + 3.0, 22.0, 14.0);
    lines.page.fill(area, [222, 176, 176], 1.0);
    lines.page.frame(area, 0.3, GREY);
    lines.page.centred((141.0, lines.y + 8.0), (Face::SansBold, 7.0), [150, 40, 60], "METERAI");
    lines.page.centred((141.0, lines.y + 13.5), (Face::SansBold, 10.0), [150, 40, 60], "CONTOH");
}
