//! Templates and what becomes of them. A case is a file: variables as a JSON object, `---`, and the
//! template; what it renders, or its error as the user sees it, stands in the snapshot beside it.

mod support;

use std::path::Path;

use support::{Case, render};

#[test]
fn templates_render_as_recorded() {
    insta::glob!("cases/*.vtl", |path| {
        let case = Case::read(path);
        match render(&case) {
            Ok(output) => snapshot(path, &output),
            Err(error) => panic!("{} does not render:\n{error:#}", path.display()),
        }
    });
}

#[test]
fn mistakes_are_shown_where_they_are() {
    insta::glob!("errors/*.vtl", |path| {
        let case = Case::read(path);
        match render(&case) {
            Ok(output) => panic!("{} renders {output:?}", path.display()),
            Err(error) => snapshot(path, &format!("{error}\n\n{error:#}")),
        }
    });
}

fn snapshot(path: &Path, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path.parent().expect("a case is in a folder"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    let name = path.file_stem().expect("a case has a name").to_string_lossy().into_owned();
    settings.bind(|| insta::assert_snapshot!(name, text));
}
