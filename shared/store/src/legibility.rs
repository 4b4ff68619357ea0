//! How legible the scans of each office are.

use berkas_domain::OfficeCode;

use crate::error::read_code;
use crate::{Store, StoreError};

/// The pages of one office by their verdict, practice and what is real apart.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PageLegibility {
    /// The office.
    pub office: OfficeCode,
    /// Its name.
    pub name: String,
    /// Whether they are practice: no real submission of the office has them. An office that is live by now and practised before
    /// has a line for each.
    pub training: bool,
    /// Pages that were looked at; each file once, however often it was sent.
    pub pages: i64,
    /// Good ones.
    pub ok: i64,
    /// Hard to read.
    pub warn: i64,
    /// Nobody can read them.
    pub unreadable: i64,
    /// Pages that could not be opened.
    pub failed: i64,
    /// Why pages are hard to read or unreadable, the commonest first, at most three.
    pub top_reasons: Vec<String>,
}

impl Store {
    /// Counts the pages of every office by their verdict, by the newest normalizer that saw them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page_legibility(&self) -> Result<Vec<PageLegibility>, StoreError> {
        let rows = sqlx::query!(
            r#"with latest as (
                 select distinct on (p.office, p.sha256, p.page) p.office, p.derived_sha256 is null as failed, p.report,
                        not exists (select from documents d join submissions t on t.id = d.submission_id
                                    where d.sha256 = p.sha256 and t.office = p.office and not t.training) as training
                 from pages p join scans s
                      on s.office = p.office and s.sha256 = p.sha256 and s.normalizer = p.normalizer
                 order by p.office, p.sha256, p.page, s.scanned_at desc)
               select l.office, o.name, l.training as "training!", count(*) as "pages!",
                      count(*) filter (where not failed and report ->> 'verdict' = 'ok') as "ok!",
                      count(*) filter (where not failed and report ->> 'verdict' = 'warn') as "warn!",
                      count(*) filter (where not failed and report ->> 'verdict' = 'unreadable') as "unreadable!",
                      count(*) filter (where failed) as "failed!",
                      (select coalesce(array_agg(reason order by times desc, reason), '{}') from (
                           select r.reason, count(*) as times
                           from latest t cross join lateral jsonb_array_elements_text(t.report -> 'reasons') as r (reason)
                           where t.office = l.office and t.training = l.training and not t.failed and t.report ->> 'verdict' <> 'ok'
                           group by 1 order by times desc, 1 limit 3) as top) as "top_reasons!: Vec<String>"
               from latest l join offices o on o.code = l.office
               group by l.office, o.name, l.training order by l.office, l.training"#,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PageLegibility {
                    office: read_code(&row.office, "pages", "office")?,
                    name: row.name,
                    training: row.training,
                    pages: row.pages,
                    ok: row.ok,
                    warn: row.warn,
                    unreadable: row.unreadable,
                    failed: row.failed,
                    top_reasons: row.top_reasons,
                })
            })
            .collect()
    }
}
