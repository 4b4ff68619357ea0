//! Words to put names together from; any likeness is chance.

use berkas_domain::form::Sex;

use crate::rng::Rng;

const MEN: [&str; 30] = [
    "AGUS", "BAMBANG", "CAHYO", "DARMAWAN", "EKO", "FAJAR", "GUNAWAN", "HADI", "IMAM", "JOKO", "KHOIRUL",
    "LUKMAN", "MUKHLIS", "NUR", "PURNOMO", "RIZAL", "SLAMET", "TEGUH", "UMAR", "WAHYU", "YUSUF", "ZAINAL",
    "ANDIKA", "BUDI", "DIMAS", "FARID", "HENDRA", "ISMAIL", "RENDRA", "SUTRISNO",
];
const WOMEN: [&str; 30] = [
    "ANISA", "BINTARI", "CITRA", "DEWI", "ENDANG", "FATIMAH", "GALUH", "HANIFAH", "INDAH", "JUMIATI",
    "KARTINI", "LESTARI", "MAYA", "NINGSIH", "NURUL", "PUTRI", "RATNA", "SITI", "TUTIK", "UMI", "WULAN",
    "YULIANI", "ZULAIKHA", "AYU", "DIAH", "ERNAWATI", "MUSRIFAH", "RAHAYU", "SULASTRI", "WIJI",
];
const LAST: [&str; 30] = [
    "ADINATA",
    "BASKORO",
    "CAKRAWALA",
    "DANUREJA",
    "GANDASULI",
    "HARSOYO",
    "KENCONO",
    "KUSUMADI",
    "LARASATI",
    "MANGUNDIPO",
    "NAWANGSIH",
    "PAMUNGKASARI",
    "PRABASWARA",
    "PRANATADI",
    "RENGGANIS",
    "SAMUDRO",
    "SARWODADI",
    "SEKARTAJI",
    "SINDUNATA",
    "SURYANEGARI",
    "TIRTOWENING",
    "WANGSAREJA",
    "WARASTRI",
    "WICITRA",
    "WIDYASMARA",
    "WIRATENGGA",
    "WRESNIWIRA",
    "YUDASWARA",
    "MENTARI",
    "LINTANG",
];

pub(super) const HAMLETS: [&str; 12] = [
    "SUMBERCONTOH",
    "KARANGREKAAN",
    "TEGALMISAL",
    "NGEMPLAK",
    "KRAJAN",
    "MLATEN",
    "BALONGSARI",
    "KEDUNGSAMPEL",
    "WONOREJO",
    "GROGOL",
    "BULUREJO",
    "SAMBIPANDAK",
];
pub(super) const BIRTH_PLACES: [&str; 8] =
    ["JOMBANG", "JOMBANG", "JOMBANG", "MOJOKERTO", "KEDIRI", "NGANJUK", "SURABAYA", "LAMONGAN"];
pub(super) const RELIGIONS: [&str; 8] =
    ["ISLAM", "ISLAM", "ISLAM", "ISLAM", "ISLAM", "KRISTEN", "KATHOLIK", "HINDU"];
pub(super) const OCCUPATIONS: [&str; 9] = [
    "PETANI/PEKEBUN",
    "WIRASWASTA",
    "KARYAWAN SWASTA",
    "BURUH TANI",
    "PEDAGANG",
    "GURU",
    "SOPIR",
    "TUKANG KAYU",
    "BURUH HARIAN LEPAS",
];

/// Two or three words, none of them an abbreviation or a title.
pub(crate) fn full_name(sex: Sex, rng: &mut Rng) -> String {
    let first = if sex == Sex::Male { &MEN } else { &WOMEN };
    let mut words = vec![rng.pick(first)];
    if rng.chance(0.3) {
        let middle = rng.pick(first);
        if middle != words[0] {
            words.push(middle);
        }
    }
    words.push(rng.pick(&LAST));
    words.join(" ")
}
