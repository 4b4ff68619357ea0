//! One operation: what it takes, what it answers, how it says no.

use serde_json::{Map, Value, json};

use super::{Schemas, Shape, shape};

/// What a status is answered with.
enum Answer {
    Nothing,
    Body(Shape),
    /// JSON that is described elsewhere.
    Json,
    /// An image or a file.
    File,
    /// Server-sent events.
    Events,
}

/// Where the token of a lease, a decision or a roster may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    /// In `If-Match` alone.
    Header,
    /// In `If-Match`, or as `fence` in the body.
    HeaderOrBody,
}

/// One operation of the API.
pub(super) struct Operation {
    pub(super) method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    who: &'static str,
    token: Token,
    query: Option<Shape>,
    body: Option<(Shape, bool)>,
    answers: Vec<(u16, &'static str, Answer)>,
    tagged: bool,
    refusals: Vec<(u16, &'static str)>,
}

impl Operation {
    fn new(
        (method, path): (&'static str, &'static str),
        id: &'static str,
        who: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            id,
            summary,
            who,
            token: Token::None,
            query: None,
            body: None,
            answers: Vec::new(),
            tagged: false,
            refusals: Vec::new(),
        }
    }

    pub(super) fn get(
        path: &'static str,
        id: &'static str,
        who: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(("get", path), id, who, summary)
    }

    pub(super) fn put(
        path: &'static str,
        id: &'static str,
        who: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(("put", path), id, who, summary)
    }

    pub(super) fn post(
        path: &'static str,
        id: &'static str,
        who: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::new(("post", path), id, who, summary)
    }

    /// Takes these in the address.
    pub(super) fn query<T: schemars::JsonSchema>(mut self) -> Self {
        self.query = Some(shape::<T>);
        self
    }

    /// Takes this body.
    pub(super) fn takes<T: schemars::JsonSchema>(mut self) -> Self {
        self.body = Some((shape::<T>, true));
        self
    }

    /// Takes nothing but the token, in `If-Match` or in a body.
    pub(super) fn takes_token(mut self) -> Self {
        self.body = Some((shape::<crate::api::fence::FenceBody>, false));
        self.token()
    }

    /// Names a lease, a decision or a roster, in `If-Match` or in the body.
    pub(super) fn token(mut self) -> Self {
        self.token = Token::HeaderOrBody;
        self
    }

    /// Names a lease in `If-Match` alone.
    pub(super) fn token_in_header(mut self) -> Self {
        self.token = Token::Header;
        self
    }

    /// Answers 200 with a body.
    pub(super) fn answers<T: schemars::JsonSchema>(self, what: &'static str) -> Self {
        self.answer(200, what, Answer::Body(shape::<T>))
    }

    /// Answers 204.
    pub(super) fn answers_nothing(self, what: &'static str) -> Self {
        self.answer(204, what, Answer::Nothing)
    }

    /// Answers 200 with a file.
    pub(super) fn answers_file(self, what: &'static str) -> Self {
        self.answer(200, what, Answer::File)
    }

    /// Answers 200 with events as they happen.
    pub(super) fn answers_events(self, what: &'static str) -> Self {
        self.answer(200, what, Answer::Events)
    }

    /// Answers 200 with JSON of no schema of ours.
    pub(super) fn answers_json(self, what: &'static str) -> Self {
        self.answer(200, what, Answer::Json)
    }

    fn answer(mut self, status: u16, what: &'static str, answer: Answer) -> Self {
        self.answers.push((status, what, answer));
        self
    }

    /// Puts the token into the `ETag` of a 200, or of a 204 where that is all it answers.
    pub(super) fn tagged(mut self) -> Self {
        self.tagged = true;
        self
    }

    /// Says no with one of these words.
    pub(super) fn refuses(mut self, status: u16, codes: &[&'static str]) -> Self {
        self.refusals.extend(codes.iter().map(|code| (status, *code)));
        self
    }

    /// Its whole path.
    pub(super) fn path(&self) -> String {
        format!("/api/v1{}", self.path)
    }

    /// The operation as the document has it.
    pub(super) fn write(&self, schemas: &mut Schemas) -> Value {
        let mut written = json!({
            "operationId": self.id,
            "summary": self.summary,
            "description": format!("For: {}.", self.who),
            "parameters": self.parameters(schemas),
            "responses": self.responses(schemas),
        });
        if let Some((shape, required)) = self.body {
            let schema = shape(&mut schemas.read);
            written["requestBody"] =
                json!({ "required": required, "content": { "application/json": { "schema": schema } } });
        }
        written
    }

    fn parameters(&self, schemas: &mut Schemas) -> Value {
        let names = self.path.split('{').skip(1).filter_map(|part| part.split('}').next());
        let mut parameters: Vec<Value> = names.map(path_parameter).collect();
        if self.token != Token::None {
            let also =
                if self.token == Token::Header { "" } else { "; may stand in the body as `fence` instead" };
            parameters.push(json!({
                "name": "If-Match", "in": "header", "required": self.token == Token::Header,
                "description": format!("The token, as the `ETag` had it{also}."),
                "schema": { "type": "string" }, "example": "\"7\""
            }));
        }
        if let Some(shape) = self.query {
            // What stands in an address is described where it stands, not as a type.
            shape(&mut schemas.read);
            let name = shape(&mut schemas.read);
            let definition = name
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| schemas.read.definitions().get(reference.rsplit('/').next()?).cloned());
            let fields = definition.as_ref().and_then(|definition| definition["properties"].as_object());
            // By name: whether a map keeps the order of the fields depends on what else is compiled.
            let fields: std::collections::BTreeMap<_, _> = fields.into_iter().flatten().collect();
            for (name, schema) in fields {
                parameters.push(json!({ "name": name, "in": "query", "required": false, "schema": schema }));
            }
        }
        Value::Array(parameters)
    }

    fn responses(&self, schemas: &mut Schemas) -> Value {
        let mut responses = Map::new();
        for (status, what, answer) in &self.answers {
            let mut response = json!({ "description": what });
            let content = match answer {
                Answer::Nothing => None,
                Answer::Body(shape) => {
                    let schema = shape(&mut schemas.answered);
                    Some(("application/json", json!({ "schema": schema })))
                }
                Answer::Json => Some(("application/json", json!({ "schema": { "type": "object" } }))),
                Answer::File => Some(("*/*", json!({}))),
                Answer::Events => Some(("text/event-stream", json!({ "schema": { "type": "string" } }))),
            };
            if let Some((kind, content)) = content {
                response["content"] = json!({ kind: content });
            }
            if self.tagged && (*status == 200 || self.answers.len() == 1) {
                response["headers"] = json!({ "ETag": {
                    "description": "The token, for `If-Match`.", "schema": { "type": "string" }
                } });
            }
            responses.insert(status.to_string(), response);
        }
        for (status, codes) in self.all_refusals() {
            responses.insert(status.to_string(), refusal(&codes));
        }
        Value::Object(responses)
    }

    /// What every operation can be refused with, and this one, by status.
    fn all_refusals(&self) -> std::collections::BTreeMap<u16, Vec<&'static str>> {
        let mut refusals = vec![
            (401, "unauthenticated"),
            (403, "forbidden"),
            (423, "locked"),
            (500, "internal"),
            (503, "unavailable"),
            (503, "took_too_long"),
        ];
        if self.method != "get" {
            refusals.push((403, "cross_site"));
        }
        if self.token != Token::None {
            refusals.extend([(400, "malformed"), (428, "fence_missing")]);
        }
        if self.body.is_some() || self.query.is_some() || self.path.contains('{') {
            refusals.push((400, "malformed"));
        }
        if self.body.is_some() {
            refusals.push((413, "too_large"));
        }
        let mut by_status = std::collections::BTreeMap::<u16, Vec<&'static str>>::new();
        for (status, code) in refusals.into_iter().chain(self.refusals.iter().copied()) {
            let codes = by_status.entry(status).or_default();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        by_status
    }
}

fn path_parameter(name: &str) -> Value {
    let (schema, what) = match name {
        "ordinal" => {
            (json!({ "type": "integer", "minimum": 0 }), "The document's place in the form's list, from 0.")
        }
        "page" => (json!({ "type": "integer", "minimum": 1 }), "The page, from 1."),
        "number" => (json!({ "type": "string" }), "The number on the receipt."),
        "date" => (json!({ "type": "string", "format": "date" }), "A day at the office."),
        "user" => (json!({ "type": "string", "format": "uuid" }), "Who, as `/api/v1/verifiers` lists them."),
        _ => (json!({ "type": "string", "format": "uuid" }), "The task."),
    };
    json!({ "name": name, "in": "path", "required": true, "description": what, "schema": schema })
}

fn refusal(codes: &[&str]) -> Value {
    json!({
        "description": format!("`{}`", codes.join("`, `")),
        "content": { "application/problem+json": { "schema": { "allOf": [
            { "$ref": "#/components/schemas/Problem" },
            { "type": "object", "properties": { "code": { "enum": codes } } }
        ] } } }
    })
}
