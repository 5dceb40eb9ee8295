//! The cases beside the templates: `templates/cases/TEMPLATE/WHAT_IT_SHOWS.txt` is a request, as
//! `spillway render --request` takes it, and below a line of three hyphens the text that has to come
//! of it; below another such line, what the template overrides.

use std::fs;
use std::path::{Path, PathBuf};

use mapping_template::{MappingTemplate, Request, Rule, check};
use serde_json::Value;
use spillway_tests::repository;

/// What a folder holds, in the order of the names.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every template of every module.
fn templates() -> Vec<PathBuf> {
    let modules = entries(&repository().join("modules"));
    let files = modules.iter().flat_map(|module| entries(&module.join("templates")));
    files.filter(|file| file.extension().is_some_and(|extension| extension == "vtl")).collect()
}

/// What is wrong with a case, if anything is.
fn differs(template: &MappingTemplate, case: &Path) -> Option<String> {
    let text = fs::read_to_string(case).unwrap();
    let mut parts = text.split("---\n");
    let mut part = || parts.next().unwrap_or_default();
    let (request, output, overrides) = (part(), part(), part());
    let read = |text: &str| -> Value { serde_json::from_str(text).unwrap() };

    let rendered = template.render(&Request::from_json(request).unwrap()).unwrap().into_json();
    let expected = if overrides.is_empty() { Value::Null } else { read(overrides) };
    let made = (rendered["output"].as_str().unwrap(), rendered.get("overrides").cloned());
    let made = (made.0, made.1.unwrap_or_default());
    (made != (output, expected))
        .then(|| format!("{}:\n{}---\n{}\n", case.display(), made.0, made.1))
}

#[test]
fn every_case_comes_out_as_it_says() {
    let mut differing = String::new();
    for file in templates() {
        let name = file.file_stem().unwrap();
        let cases = entries(&file.with_file_name("cases").join(name));
        assert!(!cases.is_empty(), "{} has no cases", file.display());
        let text = fs::read_to_string(&file).unwrap();
        let template = MappingTemplate::parse(&file.display().to_string(), &text).unwrap();
        differing.extend(cases.iter().filter_map(|case| differs(&template, case)));
    }
    assert!(differing.is_empty(), "these come out otherwise:\n{differing}");
}

#[test]
fn every_folder_of_cases_has_its_template() {
    let templates = templates();
    assert!(!templates.is_empty());
    let modules = entries(&repository().join("modules"));
    for folder in modules.iter().flat_map(|module| entries(&module.join("templates/cases"))) {
        let name = format!("{}.vtl", folder.file_name().unwrap().to_str().unwrap());
        let template = folder.parent().unwrap().with_file_name(name);
        assert!(templates.contains(&template), "{} has no template", folder.display());
    }
}

#[test]
fn no_template_has_a_mistake_that_can_be_seen() {
    for file in templates() {
        let text = fs::read_to_string(&file).unwrap();
        for finding in check(&file.display().to_string(), &text) {
            // Numbers stand unquoted, which no template can avoid.
            assert_eq!(finding.rule, Rule::UnquotedValue, "{finding:#}");
        }
    }
}
