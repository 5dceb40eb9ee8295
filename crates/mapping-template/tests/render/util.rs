//! `$util`: six functions, byte for byte.

use crate::check::{check, check_bodies, render};

#[test]
fn escape_java_script_escapes_for_java_script() {
    check_bodies(
        "$util.escapeJavaScript($input.body)",
        &[
            ("it's \"a\\b\" </x>", r#"it\'s \"a\\b\" <\/x>"#),
            ("\u{1}\t\r\n\u{8}\u{c}\u{7f}", "\\u0001\\t\\r\\n\\b\\f\u{7f}"),
            ("é€\u{1f600}", r"\u00E9\u20AC\uD83D\uDE00"),
        ],
    );
    check(
        r#"{"body": "it's"}"#,
        &[("$util.escapeJavaScript($input.body).replaceAll(\"\\\\'\",\"'\")", "it's")],
    );
}

#[test]
fn urls_are_encoded_as_form_fields() {
    check_bodies(
        "$util.urlEncode($input.body)",
        &[("a b&c=d/é~*-_.+", "a+b%26c%3Dd%2F%C3%A9%7E*-_.%2B"), ("😀", "%F0%9F%98%80")],
    );
    check_bodies(
        "$util.urlDecode($input.body)",
        &[
            ("a+b%20c%2Bd", "a b c+d"),
            ("%C3%A9%c3%a9é", "ééé"),
            ("%C3x%E2%82%41%ED%A0%80.", "\u{fffd}x\u{fffd}A\u{fffd}."),
            ("%+1", "\u{1}"),
        ],
    );
    for body in ["%", "%4", "100%", "%zz", "%-1"] {
        assert!(
            render(
                &serde_json::json!({ "body": body }).to_string(),
                "$util.urlDecode($input.body)"
            )
            .starts_with("error"),
            "{body}"
        );
    }
}

#[test]
fn base64_is_the_mime_kind() {
    check_bodies(
        "$util.base64Encode($input.body)",
        &[("h", "aA=="), ("hé", "aMOp"), ("hello", "aGVsbG8=")],
    );
    check_bodies(
        "$util.base64Decode($input.body)",
        &[
            ("aGVsbG8=", "hello"),
            ("aGVs\nbG8", "hello"),
            ("aGV!sbG8", "hello"),
            ("aA", "h"),
            ("/w==", "\u{fffd}"),
            ("-_", ""),
        ],
    );
    for body in ["a", "aA=", "=", "aA==aA==", "aGVs="] {
        assert!(
            render(
                &serde_json::json!({ "body": body }).to_string(),
                "$util.base64Decode($input.body)"
            )
            .starts_with("error"),
            "{body}"
        );
    }
}

#[test]
fn parse_json_reads_as_leniently_as_bodies() {
    check(
        r#"{"body": {"text": "{\"k\":[1,{\"z\":\"w\"}]}"}}"#,
        &[
            (
                "#set($o = $util.parseJson($input.path('$.text')))$o.k[1].z $o",
                "w {k=[1,{\"z\":\"w\"}]}",
            ),
            (
                "$util.parseJson('[1,2]').size() $util.parseJson('word') [$util.parseJson('')]",
                "2 word [{}]",
            ),
        ],
    );
    assert!(render("{}", "$util.parseJson('{bad')").starts_with("error: t:1:"));
}

#[test]
fn arguments_are_taken_as_text_and_missing_ones_stay_missing() {
    check(
        "{}",
        &[
            (
                "$util.urlEncode(5) $util.base64Encode(1.5) $util.escapeJavaScript([1,'\"'])",
                "5 MS41 [1, \\\"]",
            ),
            ("[$util.urlEncode($nope)][$util.escapeJavaScript(null)]", "[][]"),
            (
                "[$util.toJson({'a':1})][$util.error('x')][$util.escapeJavaScript('a','b')]",
                "[][][]",
            ),
            ("#define($fails)$input.path('')#end[$util.nope($fails)]", "[]"),
            ("$util", "{}"),
        ],
    );
}
