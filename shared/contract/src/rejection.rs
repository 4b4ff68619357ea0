//! Why a message at the intake is not taken.

/// Declares the codes with their one spelling and their texts.
macro_rules! rejection_codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal, $id:literal, $en:literal;)+) => {
        /// Why a message at the intake is not taken. New codes may be added; a reader shows the text of one it does
        /// not know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum RejectionCode { $($(#[$meta])* #[serde(rename = $text)] $variant),+ }

        impl RejectionCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its one spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What the clerk reads, in Indonesian.
            #[must_use]
            pub const fn text_id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// The same in English.
            #[must_use]
            pub const fn text_en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }
    };
}

rejection_codes! {
    /// Not JSON, or not the envelope or the data that its type says.
    EnvelopeInvalid = "envelope_invalid", "Susunan pesan tidak benar", "The message does not have the shape of its type";
    /// A type nobody knows, or a version that is not spoken here.
    TypeUnknown = "type_unknown", "Jenis atau versi pesan tidak dikenal", "The type or version of the message is not known";
    /// Source, data, routing key and user do not name the same office.
    OfficeMismatch = "office_mismatch", "Kode kantor tidak sama dengan pengirim", "The office is not the one that sends";
    /// The broker did not vouch for the sender.
    UserMissing = "user_missing", "Pesan tanpa `user_id`", "The message has no `user_id`";
    /// The message was addressed to other keys as well.
    CcRefused = "cc_refused", "Tajuk `CC` dan `BCC` tidak diterima", "The headers `CC` and `BCC` are not accepted";
    /// Message, form or scan is too big.
    TooLarge = "too_large", "Ukuran melebihi batas", "It is larger than allowed";
    /// More documents than a submission may have.
    TooManyDocuments = "too_many_documents", "Jumlah dokumen melebihi batas", "There are more documents than allowed";
    /// A submission without any document.
    NoDocuments = "no_documents", "Tidak ada dokumen", "There is no document";
    /// A media type that is not read here.
    MediaTypeNotAllowed = "media_type_not_allowed", "Jenis berkas tidak diterima", "Files of this type are not accepted";
    /// A form or scan was not uploaded before.
    BlobMissing = "blob_missing", "Berkas belum diunggah", "The file has not been uploaded";
    /// The uploaded bytes are not those that the message names.
    BlobHashMismatch = "blob_hash_mismatch", "Isi berkas tidak sesuai dengan sidik SHA-256", "The file does not have the hash that was named";
    /// The uploaded file does not have the size that the message names.
    BlobSizeMismatch = "blob_size_mismatch", "Ukuran berkas tidak sesuai", "The file does not have the size that was named";
    /// The form is not `form.v1`.
    FormInvalid = "form_invalid", "Susunan formulir tidak benar", "The form does not have the shape `form.v1`";
    /// Form and message disagree on service, case or documents.
    FormMismatch = "form_mismatch", "Formulir tidak cocok dengan pesan", "Form and message do not agree";
    /// Whoever agreed to a short message has no number in the form that can get one.
    PhoneInvalid = "phone_invalid", "Nomor telepon tidak dapat menerima pesan singkat", "The telephone number cannot get short messages";
    /// A service that is not offered.
    ServiceUnknown = "service_unknown", "Layanan tidak dikenal", "The service is not known";
    /// A case that the service does not have.
    CaseUnknown = "case_unknown", "Jenis permohonan tidak dikenal pada layanan ini", "The case is not one of this service";
    /// The same id and revision came before with other content.
    Conflict = "conflict", "Nomor dan revisi yang sama sudah dikirim dengan isi lain", "The same id and revision came before with other content";
    /// Nothing is accepted from this office.
    OfficeStopped = "office_stopped", "Penerimaan dari kantor ini dihentikan", "Nothing is accepted from this office at present";
    /// No such office here.
    OfficeUnknown = "office_unknown", "Kantor tidak terdaftar", "The office is not registered here";
    /// Not the revision that is due.
    RevisionUnexpected = "revision_unexpected", "Revisi bukan yang ditunggu", "The revision is not the one that is expected";
    /// There is nothing to repair: it was not returned, or its office was not told yet.
    NotReturned = "not_returned", "Permohonan tidak sedang dikembalikan; tunggu pemberitahuannya", "The submission is not with the office for repair; wait for its notice";
    /// It passed, was refused, or was withdrawn.
    AlreadyFinal = "already_final", "Permohonan sudah selesai dan tidak dapat diperbaiki", "The submission is over and cannot be repaired";
    /// Another repair of the same revision was there first.
    AlreadyRepaired = "already_repaired", "Perbaikan lain untuk revisi ini sudah diterima", "Another repair of this revision was accepted before";
    /// The repair answers an older return than the latest.
    OlderRevision = "older_revision", "Perbaikan menjawab pengembalian yang lama, bukan yang terakhir", "The repair answers an older return than the latest";
    /// What is repaired or withdrawn does not exist or is not this office's.
    NotFound = "not_found", "Permohonan atau pemberitahuan tidak ditemukan", "No such submission or notice";
    /// The submission is decided or withdrawn already.
    TooLate = "too_late", "Permohonan sudah diputus atau ditarik", "The submission is decided or withdrawn already";
    /// The district cannot take anything now; send again later.
    Busy = "busy", "Dinas sedang penuh, kirim ulang nanti", "The district is full, send it again later";
}

impl std::fmt::Display for RejectionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for RejectionCode {
    type Err = berkas_domain::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = berkas_domain::UnknownWord { what: "rejection code" };
        Self::ALL.iter().copied().find(|code| code.as_str() == text).ok_or(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_has_its_own_texts() {
        let mut seen = std::collections::HashSet::new();
        for code in RejectionCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
            assert!(seen.insert(code.text_id()) && seen.insert(code.text_en()), "{code}");
        }
    }
}
