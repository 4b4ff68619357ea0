//! A complete dossier for every case: the form with its persons, and every paper that the rules in force ask for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use berkas_domain::form::{
    Change, ChangeElement, Declarations, Event, Family, FamilyMember, FamilyRelation, Form, MaritalStatus,
    PersonEntry, Role, SameAs, Sex,
};
use berkas_domain::{CaseCode, OfficeCode, Service};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::papers::add_papers;
use super::people::Makers;
use crate::compiled::RuleSet;
use crate::input::{DocumentPages, History, Input, PageQuality, PageVerdict};

/// The day at the counter of every fictional dossier.
pub const DAY: NaiveDate = match NaiveDate::from_ymd_opt(2026, 11, 24) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

static KECAMATAN: LazyLock<Vec<OfficeCode>> = LazyLock::new(|| {
    ["351709", "351713", "351702", "351705", "351708", "351716"]
        .iter()
        .filter_map(|code| code.parse().ok())
        .collect()
});

/// Makes a form that is complete for `case`: judged by the embedded rules it passes without a finding.
///
/// All people are made up; the same arguments give the same form. `None` when the service has no such case.
#[must_use]
pub fn complete_form(service: Service, case: &CaseCode, seed: u64) -> Option<Form> {
    let set = crate::RuleSets::embedded().in_force(service, DAY)?;
    form_for(set, case, &Counter::usual(seed))
}

/// The same with legible pages and look-ups that found nothing, received at nine in the morning of [`DAY`], WIB.
#[must_use]
pub fn complete_input(service: Service, case: &CaseCode, seed: u64) -> Option<Input> {
    let set = crate::RuleSets::embedded().in_force(service, DAY)?;
    let counter = Counter::usual(seed);
    form_for(set, case, &counter).map(|form| input_for(form, &counter))
}

/// Where and when a fictional dossier is handed in.
pub(crate) struct Counter {
    pub(crate) seed: u64,
    pub(crate) day: NaiveDate,
    /// The office; its first six digits are the kecamatan in which everybody lives.
    pub(crate) office: OfficeCode,
}

impl Counter {
    fn usual(seed: u64) -> Self {
        Self { seed, day: DAY, office: Self::office(seed) }
    }

    /// One of six kecamatan.
    pub(crate) fn office(seed: u64) -> OfficeCode {
        KECAMATAN.get(usize::try_from(seed % 6).unwrap_or(0)).unwrap_or(&KECAMATAN[0]).clone()
    }
}

/// A form that is complete for `case` by the rules of `set`; `None` when they have no such case.
pub(crate) fn form_for(set: &RuleSet, case: &CaseCode, counter: &Counter) -> Option<Form> {
    let roles = &set.effective().cases.iter().find(|known| known.code == *case)?.roles;
    let (service, seed, day) = (set.service(), counter.seed, counter.day);
    let salt = format!("{service}/{case}");
    let kecamatan = counter.office.as_str();
    let mut writer = Writer {
        case: case.as_str().to_owned(),
        day,
        makers: Makers::new(seed, &salt, kecamatan.get(..6).unwrap_or(kecamatan)),
        persons: BTreeMap::new(),
        event: None,
        family: Family::default(),
        declared: BTreeMap::new(),
    };
    writer.write(service, roles);
    let salt = format!("{:016x}{:016x}", writer.makers.random.next(), writer.makers.random.next());
    let mut form = Form {
        salt,
        service,
        case: case.clone(),
        handed_in: day,
        change: writer.change(),
        persons: writer.persons,
        event: writer.event,
        family: (!writer.family.members.is_empty()).then_some(writer.family),
        declarations: Declarations(writer.declared),
        documents: Vec::new(),
    };
    add_papers(&mut form, set, seed);
    Some(form)
}

/// A form with legible pages and look-ups that found nothing, received at nine in the morning of its day, WIB.
pub(crate) fn input_for(form: Form, counter: &Counter) -> Input {
    let page = PageVerdict {
        page: 1,
        verdict: PageQuality::Ok,
        blank: false,
        reasons: Vec::new(),
        looks_like: None,
    };
    let pages = form.documents.iter().map(|document| DocumentPages {
        sha256: document.sha256,
        flagged: false,
        pages: vec![page.clone()],
        failed: None,
    });
    let pages = pages.collect();
    let received = form.handed_in.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(2);
    let office = Some(counter.office.clone());
    Input { form, pages, history: Some(History::default()), received, office, hours: None }
}

struct Writer {
    case: String,
    day: NaiveDate,
    makers: Makers,
    persons: BTreeMap<Role, PersonEntry>,
    event: Option<Event>,
    family: Family,
    declared: BTreeMap<String, bool>,
}

impl Writer {
    fn write(&mut self, service: Service, roles: &[Role]) {
        match service {
            Service::KtpEl => self.identity_card(),
            Service::KartuKeluarga => self.family_card(),
            Service::AktaKelahiran => self.birth(roles),
            Service::AktaKematian => self.death(),
        }
        // The witnesses, and whoever a case needs that this program knows nothing else of.
        for role in roles {
            if !self.persons.contains_key(role) {
                self.adult(*role, 35);
            }
        }
        self.share_card();
    }

    fn put(&mut self, role: Role, person: berkas_domain::form::Person) {
        self.persons.insert(role, PersonEntry::Person(Box::new(person)));
    }

    fn same(&mut self, role: Role, same_as: Role) {
        self.persons.insert(role, PersonEntry::SameAs(SameAs { same_as }));
    }

    fn adult(&mut self, role: Role, years: i64) {
        let sex = if self.makers.random.between(0, 1) == 0 { Sex::Male } else { Sex::Female };
        let years = years + self.makers.random.between(0, 15);
        let person = self.makers.aged(sex, years, self.day, MaritalStatus::Married);
        self.put(role, person);
    }

    fn edit(&mut self, role: Role, change: impl FnOnce(&mut berkas_domain::form::Person)) {
        if let Some(PersonEntry::Person(person)) = self.persons.get_mut(&role) {
            change(person);
        }
    }

    fn member(&mut self, role: Role, relation: FamilyRelation) {
        self.family.members.push(FamilyMember { role, relation });
    }

    /// Gives the card a number, and the same to everybody on it.
    fn share_card(&mut self) {
        // A new family has no card yet; both spouses come from others.
        let is_new = self.case == "KK-1";
        let number = self.makers.kk_number();
        if !self.family.members.is_empty() && !is_new {
            self.family.kk_number = Some(number.clone());
        }
        let on_card: Vec<Role> = self.family.members.iter().map(|member| member.role).collect();
        let roles: Vec<Role> = self.persons.keys().copied().collect();
        for role in roles {
            let own =
                if on_card.contains(&role) && !is_new { number.clone() } else { self.makers.kk_number() };
            self.edit(role, |person| {
                if person.nik.is_some() {
                    person.kk_number = Some(own);
                }
            });
        }
    }

    fn identity_card(&mut self) {
        let is_first = self.case == "KTP-1";
        let years = if is_first { 17 } else { 24 + self.makers.random.between(0, 30) };
        let status = if is_first { MaritalStatus::Single } else { MaritalStatus::Married };
        let sex = if self.makers.random.between(0, 1) == 0 { Sex::Male } else { Sex::Female };
        let applicant = self.makers.aged(sex, years, self.day, status);
        self.put(Role::Applicant, applicant);
        let had_card = !matches!(self.case.as_str(), "KTP-1" | "KTP-6" | "KTP-8");
        let foreign = matches!(self.case.as_str(), "KTP-6" | "KTP-7");
        self.edit(Role::Applicant, |person| {
            person.had_card = Some(had_card);
            person.phone = Some("081200009001".to_owned());
            if foreign {
                person.citizenship = Some("NL".to_owned());
            }
        });
        if is_first {
            self.adult(Role::Member(1), 42);
            self.member(Role::Member(1), FamilyRelation::Head);
            self.member(Role::Applicant, FamilyRelation::Child);
        } else {
            self.member(Role::Applicant, FamilyRelation::Head);
        }
        if self.case == "KTP-7" {
            self.declared.insert("moved".to_owned(), false);
            self.declared.insert("card_data_changes".to_owned(), false);
        }
    }

    fn family_card(&mut self) {
        let applicant = self.makers.aged(Sex::Male, 30, self.day, MaritalStatus::Married);
        self.put(Role::Applicant, applicant);
        self.member(Role::Applicant, FamilyRelation::Head);
        let mut declare = |word: &str| self.declared.insert(word.to_owned(), false);
        match self.case.as_str() {
            "KK-1" => {
                declare("new_member_unregistered");
                let spouse = self.makers.aged(Sex::Female, 27, self.day, MaritalStatus::Married);
                self.put(Role::Spouse, spouse);
                self.member(Role::Spouse, FamilyRelation::Wife);
            }
            "KK-3" => {
                declare("split_by_marriage");
                declare("split_by_divorce");
            }
            "KK-4" => {
                declare("new_member_unregistered");
                self.mother_and_child();
            }
            "KK-5" => self.host(),
            "KK-6" | "KK-10" => self.subject(),
            _ => {}
        }
    }

    fn mother_and_child(&mut self) {
        let mother = self.makers.aged(Sex::Female, 28, self.day, MaritalStatus::Married);
        self.put(Role::Mother, mother);
        let mut child = self.makers.citizen(Sex::Female, self.day - Days::new(20), MaritalStatus::Single);
        (child.nik, child.recording_state) = (None, None);
        self.put(Role::Child, child);
        self.member(Role::Mother, FamilyRelation::Wife);
        self.member(Role::Child, FamilyRelation::Child);
    }

    /// The applicant joins the card of another.
    fn host(&mut self) {
        self.family.members.clear();
        self.adult(Role::Host, 50);
        self.member(Role::Host, FamilyRelation::Head);
        for word in ["joins_from_abroad", "joins_as_child"] {
            self.declared.insert(word.to_owned(), false);
        }
    }

    fn subject(&mut self) {
        let subject = self.makers.aged(Sex::Female, 33, self.day, MaritalStatus::Married);
        self.put(Role::Subject, subject);
        let foreign = self.case == "KK-10";
        self.edit(Role::Subject, |person| {
            if foreign {
                person.citizenship = Some("NL".to_owned());
            }
        });
        self.member(Role::Subject, FamilyRelation::Wife);
    }

    fn birth(&mut self, roles: &[Role]) {
        let days_ago = match self.case.as_str() {
            "LHR-2" => self.makers.random.between(90, 900),
            "LHR-8" => self.makers.random.between(20, 40) * 366,
            _ => self.makers.random.between(5, 50),
        };
        let born = self.day - Days::new(u64::try_from(days_ago).unwrap_or(0));
        let is_adult = self.case == "LHR-8";
        let sex = if self.makers.random.between(0, 1) == 0 { Sex::Male } else { Sex::Female };
        let mut child = self.makers.citizen(sex, born, MaritalStatus::Single);
        if !is_adult {
            (child.nik, child.recording_state) = (None, None);
        }
        self.put(Role::Child, child);
        if roles.contains(&Role::Mother) {
            let mother = self.makers.aged(Sex::Female, 26, born, MaritalStatus::Married);
            self.put(Role::Mother, mother);
        }
        if roles.contains(&Role::Father) {
            let father = self.makers.aged(Sex::Male, 29, born, MaritalStatus::Married);
            self.put(Role::Father, father);
            self.member(Role::Father, FamilyRelation::Head);
        }
        self.birth_family(roles);
        let hour = u32::try_from(self.makers.random.between(0, 23)).unwrap_or(0);
        let with_wedding = roles.contains(&Role::Father) && self.case != "LHR-4";
        self.event = Some(Event {
            date: Some(born),
            time: NaiveTime::from_hms_opt(hour, 15, 0),
            place: Some("JOMBANG".to_owned()),
            place_kind: Some("rumah_sakit".to_owned()),
            plurality: Some(1),
            birth_order: u8::try_from(self.makers.random.between(1, 3)).ok(),
            helper: Some("bidan".to_owned()),
            weight_g: Some(3100),
            length_mm: Some(490),
            reporter_relation: Some(if self.case == "LHR-6" { "lainnya" } else { "orang_tua" }.to_owned()),
            parents_wedding: with_wedding.then(|| born - Days::new(800)),
            ..Event::default()
        });
    }

    fn birth_family(&mut self, roles: &[Role]) {
        match self.case.as_str() {
            "LHR-5" => {
                self.member(Role::Mother, FamilyRelation::Head);
                self.declared.insert("couple_on_kk".to_owned(), false);
                self.same(Role::Reporter, Role::Mother);
            }
            "LHR-6" => {
                self.adult(Role::Finder, 40);
                self.declared.insert("in_care".to_owned(), false);
                self.same(Role::Reporter, Role::Finder);
            }
            _ => {
                self.member(Role::Mother, FamilyRelation::Wife);
                self.same(Role::Reporter, Role::Father);
            }
        }
        if self.case == "LHR-4" {
            self.declared.insert("couple_on_kk".to_owned(), true);
        }
        if self.case == "LHR-8" {
            self.declared.insert("parents_dead".to_owned(), false);
            self.member(Role::Child, FamilyRelation::Child);
        }
        if self.case == "LHR-7" {
            debug_assert!(roles.contains(&Role::Father));
            for role in [Role::Mother, Role::Father, Role::Child] {
                self.edit(role, |person| person.citizenship = Some("NL".to_owned()));
            }
        }
    }

    fn death(&mut self) {
        let days_ago = if self.case == "MTI-7" { 3000 } else { self.makers.random.between(2, 25) };
        let died = self.day - Days::new(u64::try_from(days_ago).unwrap_or(0));
        let sex = if self.makers.random.between(0, 1) == 0 { Sex::Male } else { Sex::Female };
        let years = 58 + self.makers.random.between(0, 30);
        let deceased = self.makers.aged(sex, years, died, MaritalStatus::Widowed);
        self.put(Role::Deceased, deceased);
        self.edit(Role::Deceased, |person| person.alive = Some(false));
        self.adult(Role::Reporter, 30);
        if self.case != "MTI-6" {
            self.member(Role::Reporter, FamilyRelation::Head);
            self.member(Role::Deceased, FamilyRelation::Parent);
        }
        self.event = Some(Event {
            date: Some(died),
            place: Some("JOMBANG".to_owned()),
            place_kind: Some("rumah".to_owned()),
            cause: Some("sakit".to_owned()),
            certifier: Some("dokter".to_owned()),
            reporter_relation: Some("anak".to_owned()),
            ..Event::default()
        });
    }

    fn change(&self) -> Option<Change> {
        matches!(self.case.as_str(), "KTP-4" | "KK-7").then(|| Change {
            elements: vec![ChangeElement::Occupation],
            reason: Some("pekerjaan".to_owned()),
        })
    }
}
