//! What each letter says.

use berkas_domain::DocumentKind as Kind;
use berkas_domain::form::Role;

use super::Content;
use super::words::{self, long_date};

/// The fixed and the filled parts of a letter.
pub(super) struct Wording {
    pub(super) head: [&'static str; 2],
    pub(super) title: &'static str,
    pub(super) opening: &'static str,
    pub(super) claims: Vec<String>,
    pub(super) signer: &'static str,
    pub(super) stamp: &'static str,
}

const HEALTH: [&str; 2] = ["DINAS KESEHATAN (CONTOH)", "PUSKESMAS CONTOH"];
const POLICE: [&str; 2] = ["KEPOLISIAN (CONTOH)", "SEKTOR CONTOH"];
const VILLAGE: [&str; 2] = ["PEMERINTAH KABUPATEN JOMBANG", "KANTOR DESA CONTOH"];
const REGISTRY: [&str; 2] = ["PEMERINTAH KABUPATEN JOMBANG", "DINAS KEPENDUDUKAN (CONTOH)"];
const COURT: [&str; 2] = ["PENGADILAN NEGERI (CONTOH)", "JOMBANG"];
const COMPANY: [&str; 2] = ["PT CONTOH REKAAN", "BAGIAN PERSONALIA"];

const CERTIFIES: &str = "Yang bertanda tangan di bawah ini menerangkan dengan sebenarnya bahwa:";

pub(super) fn wording(content: &Content<'_>) -> Wording {
    let kind = content.paper.shows;
    let (head, title, signer, stamp) = letterhead(kind, content.paper.attrs.issuer.as_deref());
    Wording { head, title, opening: CERTIFIES, claims: claims(kind, content), signer, stamp }
}

type Letterhead = ([&'static str; 2], &'static str, &'static str, &'static str);

fn letterhead(kind: Kind, issuer: Option<&str>) -> Letterhead {
    match kind {
        Kind::SuratKetLahir => (HEALTH, "SURAT KETERANGAN LAHIR", "Penolong persalinan,", "PUSKESMAS"),
        Kind::SuratKetKematian if issuer == Some("dokter") => {
            (HEALTH, "SURAT KETERANGAN KEMATIAN", "Dokter pemeriksa,", "PUSKESMAS")
        }
        Kind::SuratKetKematian => (VILLAGE, "SURAT KETERANGAN KEMATIAN", "Kepala Desa,", "DESA"),
        Kind::SuratPolisiKehilangan => (POLICE, "SURAT TANDA LAPOR KEHILANGAN", "a.n. Kapolsek,", "POLSEK"),
        Kind::BeritaAcaraPolisi => (POLICE, "BERITA ACARA PEMERIKSAAN", "Penyidik,", "POLSEK"),
        Kind::PenetapanPengadilan => (COURT, "PENETAPAN", "Panitera,", "PENGADILAN"),
        Kind::SuratMaskapai => (COMPANY, "SURAT PERNYATAAN MASKAPAI", "Direktur,", "PT CONTOH"),
        Kind::SuratPerwakilanRi => {
            (["PERWAKILAN RI (CONTOH)", "KANTOR CONTOH"], "SURAT KETERANGAN KEMATIAN", "Konsul,", "KONSULAT")
        }
        Kind::Skpwni => (REGISTRY, "SURAT KETERANGAN PINDAH WNI", "Kepala Dinas,", "DINAS"),
        Kind::Skdln => (REGISTRY, "SURAT KETERANGAN DATANG DARI LUAR NEGERI", "Kepala Dinas,", "DINAS"),
        Kind::SuketKtp => (REGISTRY, "SURAT KETERANGAN PENGGANTI KTP-EL", "Kepala Dinas,", "DINAS"),
        Kind::KeputusanKepalaDinas => (REGISTRY, "KEPUTUSAN KEPALA DINAS", "Kepala Dinas,", "DINAS"),
        Kind::SuratKetKerja => (COMPANY, "SURAT KETERANGAN KERJA", "Manajer Personalia,", "PT CONTOH"),
        Kind::SuratKetAgama => {
            (["RUMAH IBADAH (CONTOH)", "JOMBANG"], "SURAT KETERANGAN AGAMA", "Pemuka agama,", "CONTOH")
        }
        Kind::SuratPermohonan => (VILLAGE, "SURAT PERMOHONAN", "Pemohon,", "DESA"),
        Kind::PengantarRtRw => (VILLAGE, "SURAT PENGANTAR RT/RW", "Ketua RT,", "RT"),
        Kind::SuratPerwalian => (VILLAGE, "SURAT PERWALIAN", "Kepala Desa,", "DESA"),
        _ => (VILLAGE, "SURAT KETERANGAN", "Kepala Desa,", "DESA"),
    }
}

fn claims(kind: Kind, content: &Content<'_>) -> Vec<String> {
    match kind {
        Kind::SuratKetLahir => birth(content),
        Kind::SuratKetKematian | Kind::SuratPerwakilanRi | Kind::SuratMaskapai | Kind::PenetapanPengadilan => {
            death(content)
        }
        Kind::BeritaAcaraPolisi if content.form.person(Role::Deceased).is_some() => death(content),
        Kind::BeritaAcaraPolisi => vec![
            "ditemukan di wilayah hukum kami dalam keadaan sehat tanpa diketahui orang tuanya, dan diserahkan kepada \
             penemu untuk dirawat sementara."
                .to_owned(),
        ],
        Kind::SuratPolisiKehilangan => vec![format!(
            "telah melaporkan kehilangan {} pada hari {} di sekitar pasar contoh, dan sampai surat ini dibuat belum \
             ditemukan.",
            if content.form.service == berkas_domain::Service::KtpEl { "KTP-el" } else { "kartu keluarga" },
            content.paper.attrs.dated.map_or("Senin", words::weekday)
        )],
        Kind::Skpwni | Kind::Skdln => vec![
            "pindah ke alamat tujuan di Kabupaten Jombang sebagaimana tercantum dalam formulir, beserta satu orang \
             anggota keluarga yang ikut pindah."
                .to_owned(),
        ],
        Kind::SuketKtp => {
            vec!["telah melakukan perekaman KTP-el dan datanya tercatat; surat ini berlaku enam bulan.".to_owned()]
        }
        Kind::SuratPermohonan => {
            vec!["memohon penggantian foto dan tanda tangan pada KTP-el karena sudah tidak sesuai.".to_owned()]
        }
        Kind::SuratKetKerja => vec!["bekerja pada perusahaan kami sebagai karyawan tetap sampai sekarang.".to_owned()],
        _ => vec!["adalah benar penduduk wilayah kami dan keterangan di atas sesuai dengan keadaannya.".to_owned()],
    }
}

fn birth(content: &Content<'_>) -> Vec<String> {
    let event = content.form.event.clone().unwrap_or_default();
    let date = event.date.or(content.holder().birth_date);
    let day = date.map_or("-".to_owned(), |date| format!("{}, {}", words::weekday(date), long_date(date)));
    let hour = event.time.map_or("-".to_owned(), |time| time.format("%H.%M WIB").to_string());
    let mother = content.name(Role::Mother);
    let mother = if mother.is_empty() { content.name(Role::Spouse) } else { mother };
    let grams = event.weight_g.unwrap_or(3_100);
    let millimetres = event.length_mm.unwrap_or(490);
    vec![
        format!(
            "telah lahir pada hari {day} pukul {hour} di Jombang, dengan berat {grams} gram dan panjang {:.1} cm.",
            f64::from(millimetres) / 10.0
        ),
        format!("Anak tersebut dilahirkan oleh seorang ibu bernama {mother}."),
    ]
}

fn death(content: &Content<'_>) -> Vec<String> {
    let event = content.form.event.clone().unwrap_or_default();
    let day =
        event.date.map_or("-".to_owned(), |date| format!("{}, {}", words::weekday(date), long_date(date)));
    let cause = event.cause.unwrap_or_default().replace('_', " ");
    vec![format!("telah meninggal dunia pada hari {day} di Jombang karena {cause}.")]
}
