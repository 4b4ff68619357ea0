//! The typed list of facts that a rule may ask about; `docs/RULES.md` prints it for those who write rules.

use berkas_domain::form::{ChangeElement, FamilyRelation, MaritalStatus, RecordingState, Role, Sex};
use berkas_domain::{DocumentKind, NameFlaw, NameLikeness, NumberCode, Service, Verdict};

use crate::input::PageLook;

/// The vocabulary of a text fact; `None` is open.
pub(crate) type Words = Option<fn() -> Vec<String>>;

/// The type of a fact or of a part of a condition.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    Bool,
    Int,
    Date,
    Text(Words),
    List(Words),
}

impl Type {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bool => "yes or no",
            Self::Int => "a number",
            Self::Date => "a date",
            Self::Text(_) => "a text",
            Self::List(_) => "a list of texts",
        }
    }

    pub(crate) fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    pub(crate) fn words(self) -> Option<Vec<String>> {
        match self {
            Self::Text(words) | Self::List(words) => words.map(|list| list()),
            _ => None,
        }
    }
}

/// One fact.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactDecl {
    pub(crate) name: &'static str,
    pub(crate) of: Type,
    pub(crate) doc: &'static str,
}

/// Declares the facts of one namespace: an enum that numbers them and the table that describes them.
macro_rules! facts {
    ($name:ident, $table:ident, { $($variant:ident = $text:literal, $of:expr, $doc:literal;)+ }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($variant),+ }
        pub(crate) const $table: &[FactDecl] =
            &[$(FactDecl { name: $text, of: $of, doc: $doc }),+];
        impl From<$name> for usize {
            fn from(fact: $name) -> usize { fact as usize }
        }
    };
}

macro_rules! words_of {
    ($name:ident, $source:ty) => {
        fn $name() -> Vec<String> {
            <$source>::ALL.iter().map(|word| word.as_str().to_owned()).collect()
        }
    };
}

words_of!(sexes, Sex);
words_of!(statuses, MaritalStatus);
words_of!(recording_states, RecordingState);
words_of!(kinds, DocumentKind);
words_of!(flaws, NameFlaw);
words_of!(likenesses, NameLikeness);
words_of!(verdicts, Verdict);
words_of!(number_codes, NumberCode);
words_of!(services, Service);
words_of!(relations, FamilyRelation);
words_of!(looks, PageLook);

/// `nama` is what sets before 2024.1.2 also asked for, when the list was open; no form has it.
fn change_elements() -> Vec<String> {
    let former = std::iter::once("nama");
    ChangeElement::ALL.iter().map(|word| word.as_str()).chain(former).map(str::to_owned).collect()
}

fn page_verdicts() -> Vec<String> {
    ["ok", "warn", "unreadable"].map(str::to_owned).to_vec()
}

/// The roles that have facts of their own, in the order of their namespaces.
pub(crate) const ROLES: [Role; 16] = [
    Role::Applicant,
    Role::Reporter,
    Role::Subject,
    Role::Child,
    Role::Mother,
    Role::Father,
    Role::Spouse,
    Role::Deceased,
    Role::Guardian,
    Role::Finder,
    Role::Attorney,
    Role::Host,
    Role::Witness1,
    Role::Witness2,
    Role::SptjmWitness1,
    Role::SptjmWitness2,
];

fn roles() -> Vec<String> {
    let members = (1..=20).map(Role::Member);
    ROLES.into_iter().chain(members).map(|role| role.to_string()).collect()
}

facts! { FormFact, FORM_FACTS, {
    Service = "service", Type::Text(Some(services)), "what is asked for";
    Case = "case", Type::Text(None), "the case that was ticked, for example `LHR-1`";
    HandedIn = "handed_in", Type::Date, "the day at the counter; ages are counted on it";
    Received = "received", Type::Date, "the day of receipt at the district, in WIB";
    Represented = "represented", Type::Bool, "the form names an attorney";
    DanglingRole = "dangling_role", Type::Bool, "a role, a line of the family card or a paper points at a person who is not in the form";
    DanglingPerson = "dangling_person", Type::Bool, "a role or a line of the family card points at a person who is not in the form";
    UnknownDeclaration = "unknown_declaration", Type::Bool, "something is declared that no rule knows";
}}

facts! { EventFact, EVENT_FACTS, {
    Date = "date", Type::Date, "day of the birth or the death";
    DaysAgo = "days_ago", Type::Int, "days from the event to the day at the counter; the day of the event is day 0";
    OfficeDaysAgo = "office_days_ago", Type::Int, "the same in days on which the office is open; counted up to 250, and back to a year whose holidays are unknown: then known if over 90";
    PlaceKind = "place_kind", Type::Text(None), "kind of place";
    BirthOrder = "birth_order", Type::Int, "the child's place among the mother's children, from 1";
    Plurality = "plurality", Type::Int, "1 single, 2 twins and so on";
    ReporterRelation = "reporter_relation", Type::Text(None), "the reporter's relation to the child or the deceased";
    ParentsWedding = "parents_wedding", Type::Date, "the parents' wedding day";
    ElderSiblingBirth = "elder_sibling_birth", Type::Date, "birth date of the next elder sibling";
    Cause = "cause", Type::Text(None), "cause of death";
    Certifier = "certifier", Type::Text(None), "who certifies the death";
}}

facts! { FamilyFact, FAMILY_FACTS, {
    Given = "given", Type::Bool, "the form lists members of the family card";
    Members = "members", Type::Int, "how many members are listed";
    Heads = "heads", Type::Int, "how many of them are head of the family";
    ChildOlderThanHead = "child_older_than_head", Type::Bool, "a child of the head is not younger than the head";
    SexClash = "sex_clash", Type::Bool, "a husband is a woman or a wife a man";
    KkGiven = "kk_given", Type::Bool, "the number of the family card is given";
    KkVerdict = "kk_verdict", Type::Text(Some(verdicts)), "what the structure of that number is worth";
    KkIsNik = "kk_is_nik", Type::Bool, "that number is also given as somebody's NIK";
    HeadDied = "head_died", Type::Bool, "the deceased is listed as head of the family";
    ParentYoungerThanHead = "parent_younger_than_head", Type::Bool, "a parent of the head is not older than the head";
    GrandchildOlderThanHead = "grandchild_older_than_head", Type::Bool, "a grandchild of the head is not younger than the head";
    SpouseUnder19 = "spouse_under_19", Type::Bool, "a husband or a wife is under 19";
}}

facts! { ChangeFact, CHANGE_FACTS, {
    Elements = "elements", Type::List(Some(change_elements)), "the elements that shall be changed";
    Reason = "reason", Type::Text(None), "why they shall be changed";
}}

facts! { HistoryFact, HISTORY_FACTS, {
    OpenRequests = "open_requests", Type::Int, "open submissions of the same service for the same person";
    DaysSincePassed = "days_since_passed", Type::Int, "days from the receipt of the latest request of the same case for the same person that passed to the day at the counter";
    SameChild = "same_child", Type::Int, "accepted submissions for the same mother, day and birth order";
    SiblingTooClose = "sibling_too_close", Type::Bool, "the mother has another birth less than 270 days away that is no twin of this one";
}}

facts! { PersonFact, PERSON_FACTS, {
    Given = "given", Type::Bool, "the form names this person";
    Role = "role", Type::Text(Some(roles)), "the role under which the data stands";
    Age = "age", Type::Int, "completed years on the day at the counter; negative when born later";
    BirthDate = "birth_date", Type::Date, "date of birth";
    Sex = "sex", Type::Text(Some(sexes)), "sex";
    Citizen = "citizen", Type::Bool, "a citizen of Indonesia";
    EverMarried = "ever_married", Type::Bool, "married or once married";
    MaritalStatus = "marital_status", Type::Text(Some(statuses)), "marital status";
    RecordingState = "recording_state", Type::Text(Some(recording_states)), "state of the biometric recording";
    HadCard = "had_card", Type::Bool, "an identity card was issued before, declared or known here";
    Alive = "alive", Type::Bool, "not declared dead, nor known here as dead";
    KnownDead = "known_dead", Type::Bool, "a death certificate was asked for here before";
    NikGiven = "nik_given", Type::Bool, "a NIK is given";
    NikVerdict = "nik_verdict", Type::Text(Some(verdicts)), "what the structure of the NIK is worth";
    NikCodes = "nik_codes", Type::List(Some(number_codes)), "what there is to say about the NIK";
    NikShared = "nik_shared", Type::Bool, "another person of the form has the same NIK under a plainly different name";
    TypedTwice = "typed_twice", Type::Bool, "the same person is typed again under another role: same NIK, same name";
    TypedAlike = "typed_alike", Type::Bool, "the same NIK is given again under a name that is nearly this one: another spelling, or a slip";
    KkGiven = "kk_given", Type::Bool, "a family card number is given for this person";
    KkVerdict = "kk_verdict", Type::Text(Some(verdicts)), "what the structure of that number is worth";
    KkMatches = "kk_matches", Type::Bool, "that number is the one of the form's family card";
    KkIsNik = "kk_is_nik", Type::Bool, "that number is also given as somebody's NIK";
    InFamily = "in_family", Type::Bool, "listed among the members of the family card";
    Relation = "relation", Type::Text(Some(relations)), "relation to the head of the family";
    InArea = "in_area", Type::Bool, "the address lies in the sending kecamatan";
    InDistrict = "in_district", Type::Bool, "the address lies in the district of the sending office";
    NameFlaws = "name_flaws", Type::List(Some(flaws)), "what breaks the rules for new names";
    NameTooLong = "name_too_long", Type::Bool, "the name has more than 200 characters";
    WitnessUses = "witness_uses", Type::Int, "for how many other applicants this person was a witness";
}}

facts! { DocumentFact, DOCUMENT_FACTS, {
    Kind = "kind", Type::Text(Some(kinds)), "what the document is";
    Of = "of", Type::Text(Some(roles)), "whose document it is";
    AskedFor = "asked_for", Type::Bool, "it is needed: a requirement that applies, or may apply, is not met without it";
    Opened = "opened", Type::Bool, "the file could be opened";
    Flagged = "flagged", Type::Bool, "the counter has scanned it twice again";
    Pages = "pages", Type::Int, "number of pages";
    GoodPages = "good_pages", Type::Int, "pages that are neither blank nor unreadable";
    UnreadablePages = "unreadable_pages", Type::Int, "pages that are unreadable and not blank";
    Model = "model", Type::Text(None), "which print of a form it is: `2019` is the present one, `old` any other; what cannot be told is unknown";
    SignedBy = "signed_by", Type::List(Some(roles)), "who signed it, under every role of the same person";
    Witnesses = "witnesses", Type::Int, "how many witnesses it names";
    NumberGiven = "number_given", Type::Bool, "its number was read off";
    IsFamilyCard = "is_family_card", Type::Bool, "its number is that of the form's family card";
    IsCardOfOwner = "is_card_of_owner", Type::Bool, "its number is the family card number of the person it belongs to";
    Dated = "dated", Type::Date, "its date";
    ValidUntil = "valid_until", Type::Date, "the last day it is valid";
    Issuer = "issuer", Type::Text(None), "who issued it";
    Purpose = "purpose", Type::Text(None), "what a statement or a letter is for";
    Names = "names", Type::List(Some(roles)), "the roles whose names stand on it";
    Dangling = "dangling", Type::Bool, "it is of somebody, signed or witnessed by somebody who is not in the form";
    UsedTwice = "used_twice", Type::Bool, "the same file was handed in as another kind too";
    UsedElsewhere = "used_elsewhere", Type::Bool, "the same file came before in another person's submission";
}}

facts! { PageFact, PAGE_FACTS, {
    Number = "number", Type::Int, "number of the page, from 1";
    Verdict = "verdict", Type::Text(Some(page_verdicts)), "its legibility";
    Blank = "blank", Type::Bool, "nothing stands on it";
    LooksLike = "looks_like", Type::Text(Some(looks)), "what it looks like by size, rulings and colours, where that is nearly certain";
}}

facts! { MentionFact, MENTION_FACTS, {
    Role = "role", Type::Text(Some(roles)), "whom the document mentions";
    NameLikeness = "name_likeness", Type::Text(Some(likenesses)), "the name there beside the name in the form";
    NikMatches = "nik_matches", Type::Bool, "the NIK there is the NIK in the form";
}}

/// Something that a clerk or an applicant may declare.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration {
    /// As the form writes it.
    pub(crate) word: &'static str,
    /// What it means, in Indonesian.
    pub(crate) id: &'static str,
    /// What it means, in English.
    pub(crate) en: &'static str,
}

const fn declaration(word: &'static str, id: &'static str, en: &'static str) -> Declaration {
    Declaration { word, id, en }
}

/// What may be declared.
pub(crate) const DECLARATIONS: &[Declaration] = &[
    declaration("marriage_recorded", "perkawinan tercatat", "the marriage is recorded by the state"),
    declaration(
        "couple_on_kk",
        "KK menunjukkan orang tua sebagai suami istri",
        "the family card shows the parents as husband and wife",
    ),
    declaration(
        "new_member_unregistered",
        "ada anggota yang belum terdaftar di mana pun",
        "somebody on the form is in no register yet",
    ),
    declaration("split_by_marriage", "pisah KK karena perkawinan", "the family splits because of a marriage"),
    declaration("split_by_divorce", "pisah KK karena perceraian", "the family splits because of a divorce"),
    declaration(
        "joins_from_abroad",
        "yang menumpang datang dari luar negeri",
        "somebody joins who comes from abroad",
    ),
    declaration(
        "joins_as_child",
        "yang menumpang anak tanpa orang tuanya",
        "the one who joins is a child without its parents",
    ),
    declaration(
        "host_objects",
        "pemilik KK atau rumah berkeberatan",
        "the host or the owner of the house objects",
    ),
    declaration(
        "deceased_in_register",
        "almarhum tercantum pada KK atau register",
        "the deceased is on a family card or in the register",
    ),
    declaration(
        "card_data_changes",
        "data pada KTP-el ikut berubah",
        "data on the card change together with the renewal",
    ),
    declaration("moved", "pemohon pindah", "the applicant has moved"),
    declaration("copies_scanned", "yang dipindai fotokopi, bukan asli", "copies were scanned, not originals"),
    declaration(
        "in_care",
        "anak sudah besar dan dalam asuhan",
        "the foundling is an older child in somebody's care",
    ),
    declaration("parents_dead", "ayah atau ibu sudah meninggal", "a parent of the child is dead"),
    declaration(
        "second_marriage",
        "perkawinan yang belum tercatat bukan yang pertama",
        "the unrecorded marriage is a further one",
    ),
];
