//! From findings to the reasons an office reads.

use berkas_contract::Reason;
use berkas_rules::{Finding, Judgement, Level};

/// Why the rules return the submission: its blocking findings, in their order.
pub(crate) fn reasons(judgement: &Judgement) -> Vec<Reason> {
    let blocks = judgement.findings.iter().filter(|finding| finding.level == Level::Block);
    blocks.map(reason).collect()
}

fn reason(finding: &Finding) -> Reason {
    Reason {
        code: finding.code,
        document: finding.document,
        kind: finding.kind,
        page: finding.page,
        page_href: None,
        field: path(finding),
        text_id: finding.text_id.clone(),
        text_en: finding.text_en.clone(),
    }
}

/// The path of the field in the form: a person's field stands below the person's role.
fn path(finding: &Finding) -> Option<String> {
    let field = finding.field.as_deref()?;
    Some(finding.role.map_or_else(|| field.to_owned(), |role| format!("persons.{role}.{field}")))
}

#[cfg(test)]
mod tests {
    use berkas_domain::form::Role;
    use berkas_domain::{DocumentKind, ReasonCode, Sha256Hash};
    use berkas_rules::{JudgementOutcome, RuleSetRef};

    use super::*;

    fn finding(level: Level, code: ReasonCode) -> Finding {
        Finding {
            level,
            code,
            check: "X01".to_owned(),
            rule: "test.rule".to_owned(),
            document: None,
            kind: None,
            page: None,
            field: None,
            role: None,
            text_id: "teks".to_owned(),
            text_en: "text".to_owned(),
            regulation: String::new(),
        }
    }

    #[test]
    fn only_blocks_become_reasons_and_keep_document_page_and_the_path_of_the_field() {
        let unreadable = Finding {
            document: Some(1),
            kind: Some(DocumentKind::SuratKetLahir),
            page: Some(2),
            ..finding(Level::Block, ReasonCode::TidakTerbaca)
        };
        let nik = Finding {
            field: Some("nik".to_owned()),
            role: Some(Role::Child),
            ..finding(Level::Block, ReasonCode::NikTidakSah)
        };
        let event = Finding {
            field: Some("event.date".to_owned()),
            ..finding(Level::Block, ReasonCode::TanggalTidakSah)
        };
        let told = finding(Level::Information, ReasonCode::SalahKasus);
        let judgement = Judgement {
            outcome: JudgementOutcome::Returned,
            rule_set: RuleSetRef { national: String::new(), overlay: None, sha256: Sha256Hash::of(b"") },
            findings: vec![unreadable, nik, event, told],
            checklist: Vec::new(),
            not_checked: Vec::new(),
        };
        let reasons = reasons(&judgement);
        let places: Vec<_> = reasons.iter().map(|reason| (reason.document, reason.page)).collect();
        assert_eq!(places, [(Some(1), Some(2)), (None, None), (None, None)]);
        let fields: Vec<_> = reasons.iter().map(|reason| reason.field.as_deref()).collect();
        assert_eq!(fields, [None, Some("persons.child.nik"), Some("event.date")]);
        assert_eq!(reasons[0].kind, Some(DocumentKind::SuratKetLahir));
    }
}
