//! Line ends and blanks that an editor would tidy away in a file.

use vtl::{Context, Settings, Template};

fn check(template: &str, expected: &str) {
    let template =
        Template::parse("whitespace.vtl", template).expect("the template is well formed");
    let output =
        template.render(&Context::new(), &Settings::default()).expect("the template renders");
    assert_eq!(output, expected, "rendering {:?}", template.source());
}

#[test]
fn carriage_returns_belong_to_their_line_end() {
    check(
        "a\r\n#set($x = 1)\r\nb\r\n#if(true)  \r\nc\r\n#else\r\nd\r\n#end\r\ne## f\r\ng",
        "a\r\nb\r\nc\r\neg",
    );
}

#[test]
fn a_lone_carriage_return_is_a_line_end() {
    check("a#if(true)\rb#end\rc ## d\re", "abc e");
}

#[test]
fn blanks_behind_a_directive_go_only_with_a_line_end() {
    check("#set($x = 1) \t\nb", "b");
    check("#set($x = 1) \tb", " \tb");
    check("#if(true) \n b #end \t", " b  \t");
    check("#if(true)\n\nb#end", "\nb");
}

#[test]
fn blanks_in_front_of_a_set_go_only_behind_a_reference() {
    check("#set($a = 'a')$a \t #set($b = 1)|", "a|");
    check("#set($a = 'a')$a.length() #set($b = 1)|", "1|");
    check("#set($a = 'a')$a\n #set($b = 1)|", "a\n |");
    check("#if(true)#end #set($b = 1)|", "|");
}

#[test]
fn nothing_is_trimmed() {
    check("\n a \n\n", "\n a \n\n");
    check("\u{feff} \u{a0}", "\u{feff} \u{a0}");
    check("", "");
}
