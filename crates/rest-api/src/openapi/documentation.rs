//! `x-amazon-apigateway-documentation`: the documentation parts that a document carries.
//!
//! Descriptions that stand elsewhere in a document are not made into parts.

use super::dialect::Reader;
use super::node::Object;
use crate::id;
use crate::model::{DocumentationPart, DocumentationPartLocation};

pub(super) fn read(reader: &Reader<'_>) -> Vec<DocumentationPart> {
    if reader.settings.ignore_documentation {
        return Vec::new();
    }
    let Some(documentation) = reader.root.object("x-amazon-apigateway-documentation") else {
        return Vec::new();
    };
    let parts = documentation.items("documentationParts");
    parts.iter().filter_map(|node| part(&node.object()?)).collect()
}

fn part(part: &Object<'_>) -> Option<DocumentationPart> {
    for member in ["location", "properties"] {
        if part.get(member).is_none() {
            part.error(&format!("lacks '{member}'"));
        }
    }
    let location = part.object("location")?;
    let properties = part.object("properties")?;
    Some(DocumentationPart {
        id: id::new(id::SHORT),
        location: DocumentationPartLocation {
            kind: location.required("type")?,
            path: location.string("path"),
            method: location.string("method"),
            status_code: location.scalar("statusCode"),
            name: location.string("name"),
        },
        properties: serde_json::Value::Object(properties.map.clone()).to_string(),
    })
}
