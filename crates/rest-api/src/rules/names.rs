//! Names in a definition: the parts of paths, and the parameters of methods.

use super::mappings::{invalid, unknown_expression};

/// What AWS says of a part that is none.
pub(crate) const PATH_PART: &str = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path \
                         variable and curly braces at the beginning and the end.";

/// The letters of parameters' names, besides those of the alphabet and digits.
const OF_PARAMETERS: &str = "._$-";

/// Checks whether a part may stand below a parent, by the part of the parent and of the child that
/// has a variable one already. That no other child has the same is the caller's.
pub(crate) fn check_path_part(
    part: &str,
    parent: Option<&str>,
    variable_sibling: Option<&str>,
) -> Result<(), String> {
    if !is_path_part(part) {
        return Err(PATH_PART.to_owned());
    }
    if let Some(greedy) = parent.filter(|parent| is_greedy(parent)) {
        return Err(below_greedy(greedy));
    }
    match variable_sibling {
        Some(sibling) if is_variable(part) => Err(format!(
            "A sibling ({sibling}) of this resource already has a variable path part -- only one \
             is allowed"
        )),
        _ => Ok(()),
    }
}

/// What AWS says of a resource below a greedy one.
pub(crate) fn below_greedy(part: &str) -> String {
    format!("Cannot create a child of a resource with a greedy path variable: {part}")
}

/// Whether a part stands for any segment, or for many.
pub(crate) fn is_variable(part: &str) -> bool {
    part.starts_with('{')
}

/// Whether a part stands for all that is left of a path.
pub(crate) fn is_greedy(part: &str) -> bool {
    part.ends_with("+}")
}

/// A literal, `{name}` or `{name+}`. The developer guide allows a comma, which AWS's message lacks; a
/// variable's name is a parameter's.
fn is_path_part(part: &str) -> bool {
    let variable = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match variable {
        Some(name) => consists_of(name.strip_suffix('+').unwrap_or(name), OF_PARAMETERS),
        None => consists_of(part, "._-:,"),
    }
}

/// Checks the keys of a method's `requestParameters`.
pub(crate) fn check_parameters<'p>(
    parameters: impl Iterator<Item = &'p String>,
) -> Result<(), String> {
    let mut names = Vec::new();
    for parameter in parameters {
        let name = ["path.", "querystring.", "header."].iter().find_map(|place| {
            parameter.strip_prefix("method.request.").and_then(|rest| rest.strip_prefix(place))
        });
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Err(invalid(&unknown_expression(parameter)));
        };
        check_parameter_name(name)?;
        if names.contains(&name) {
            return Err(
                "Parameter names must be unique across querystring, header and path".to_owned()
            );
        }
        names.push(name);
    }
    Ok(())
}

/// Checks the name of a parameter.
pub(crate) fn check_parameter_name(name: &str) -> Result<(), String> {
    if consists_of(name, OF_PARAMETERS) {
        return Ok(());
    }
    Err(invalid("Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$"))
}

fn consists_of(name: &str, marks: &str) -> bool {
    !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || marks.contains(it))
}
