//! The codec's rules as a table, and its promise (exact both ways) as a property.

use super::*;
use crate::Error;
use proptest::prelude::*;

/// Reads `json`, and expects the written item or the error's text.
fn check(json: &str, expected: Result<&str, &str>) {
    let actual = from_json(json).and_then(|item| to_json(&item));
    let actual = actual.map_err(|error| match error {
        Error::ItemSyntax { path, .. } => format!("{path} is not valid JSON"),
        other => other.to_string(),
    });
    match (&actual, expected) {
        (Ok(actual), Ok(expected)) => assert_eq!(actual, expected, "{}", clip(json)),
        (Err(actual), Err(expected)) => assert_eq!(actual, expected, "{}", clip(json)),
        _ => panic!("{}: expected {expected:?}, got {actual:?}", clip(json)),
    }
}

fn number(text: &str) -> String {
    format!(r#"{{"n":{text}}}"#)
}

const DIGITS_38: &str = "12345678901234567890123456789012345678";

#[test]
fn every_type_survives_the_way_in_and_out() {
    for json in [
        "{}",
        r#"{"a":"","b":[],"c":{},"d":null,"e":true,"f":false}"#,
        r#"{"list":[1,"two",[3.0],{"four":4}],"text":"\"\\\n\t😀\u0000</script>"}"#,
    ] {
        check(json, Ok(json));
    }
    check(" { \"b\" : 1 ,\n\"a\":[ 1 , 2 ] } ", Ok(r#"{"a":[1,2],"b":1}"#));
}

#[test]
fn numbers_keep_every_digit() {
    let nines = format!("9.{}E+125", "9".repeat(37));
    let zeros = format!("1{}", "0".repeat(120));
    for text in [
        "78.89", "-0.1", "0", "-0", "0.000", "0E+999", "1E+3", "1e3", "1.50", "100", DIGITS_38,
        &nines, "-9E125", "1E-130", "-1E-130", "0.1E-129", "10E-131", &zeros,
    ] {
        check(&number(text), Ok(&number(text)));
    }
}

#[test]
fn numbers_beyond_dynamodbs_range_are_refused() {
    let magnitude = "n must be zero or from 1E-130 to 9.9999999999999999999999999999999999999E+125 in size; got ";
    for text in [
        "1E+126",
        "-1E126",
        "10E+125",
        "0.1E-130",
        "9E-131",
        "1E99999999999999999999",
        "1E-99999999999999999999",
    ] {
        check(&number(text), Err(&format!("{magnitude}{text}")));
    }
    let digits = "n must have at most 38 significant digits; got ";
    for text in
        [format!("{DIGITS_38}9"), format!("0.{DIGITS_38}9"), format!("1{}1", "0".repeat(37))]
    {
        check(&number(&text), Err(&format!("{digits}{text}")));
    }
}

#[test]
fn errors_name_path_rule_and_value() {
    for (json, expected) in [
        ("[1]", "the item must be an object; got [1]"),
        ("\"x\"", "the item must be an object; got \"x\""),
        ("null", "the item must be an object; got null"),
        ("{", "the item is not valid JSON"),
        ("", "the item is not valid JSON"),
        (r#"{"a":01}"#, "the item is not valid JSON"),
        (r#"{"a":NaN}"#, "the item is not valid JSON"),
        (r#"{"a":1} x"#, "the item is not valid JSON"),
        (r#"{"a":["\ud800"]}"#, "a[0] is not valid JSON"),
        (r#"{"a":1,"a":1}"#, "the item must not have a name twice; got \"a\""),
        (r#"{"a":1,"\u0061":1}"#, "the item must not have a name twice; got \"a\""),
        (r#"{"x":[{"b":1,"b":2}]}"#, "x[0] must not have a name twice; got \"b\""),
        (r#"{"":1}"#, "the item must have names of 1 to 65,535 bytes; got \"\""),
        (
            r#"{"items":[0,1,2,{"unit price":[1E+200]}]}"#,
            "items[3][\"unit price\"][0] must be zero or from 1E-130 to \
             9.9999999999999999999999999999999999999E+125 in size; got 1E+200",
        ),
    ] {
        check(json, Err(expected));
    }
}

#[test]
fn a_value_on_level_32_is_the_deepest() {
    let nested = |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels));
    check(&nested(31), Ok(&nested(31)));
    let path = format!("a{}", "[0]".repeat(32));
    let refused =
        |value: &str| format!("{path} must not be nested more than 32 levels deep; got {value}");
    check(&nested(32), Err(&refused("1")));
    let rest = format!("{}…", "[".repeat(60));
    check(&nested(100_000), Err(&refused(&rest)));
}

#[test]
fn an_item_of_400_kb_is_the_largest() {
    let item = |length: usize| format!(r#"{{"text":"{}"}}"#, "x".repeat(length));
    assert!(from_json(&item(MAX_BYTES - 4)).is_ok());
    check(&item(MAX_BYTES - 3), Err("the item must have at most 409,600 bytes; got 409601"));
}

#[test]
fn an_items_size_counts_names_values_and_containers() {
    let mut bytes = 0;
    let text = r#"{"s":"äö","n":-123.4500,"b":true,"z":null,"l":[1,"x"],"m":{"k":0}}"#;
    let raw: &serde_json::value::RawValue = serde_json::from_str(text).unwrap();
    read::object(raw, &Path::Item, &mut bytes).unwrap();
    let names = 6;
    let scalars = 4 + (3 + 1 + 1) + 1 + 1;
    let list = 3 + 2 + 2 + 1;
    let map = 3 + 1 + 1 + 1;
    assert_eq!(bytes, names + scalars + list + map);
}

#[test]
fn binary_values_and_sets_have_a_json_form() {
    let blob = |bytes: &[u8]| aws_sdk_dynamodb::primitives::Blob::new(bytes);
    let strings = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
    let item = Item::from([
        ("b".to_owned(), AttributeValue::B(blob(&[0, 255]))),
        ("ss".to_owned(), AttributeValue::Ss(strings(["x", "\""]))),
        ("ns".to_owned(), AttributeValue::Ns(strings(["1.50", "1E+3"]))),
        ("bs".to_owned(), AttributeValue::Bs(vec![blob(b"a")])),
    ]);
    assert_eq!(
        to_json(&item).unwrap(),
        r#"{"b":"AP8=","bs":["YQ=="],"ns":[1.50,1E+3],"ss":["x","\""]}"#
    );
}

#[test]
fn text_that_is_no_number_never_becomes_json() {
    for text in ["", "x", "+1", "1.", ".5", "01", "1E", "0x1", "NaN", "1,2"] {
        let item = Item::from([("n".to_owned(), AttributeValue::N(text.to_owned()))]);
        let expected = format!("n must be a number; got {text:?}");
        assert_eq!(to_json(&item).unwrap_err().to_string(), expected);
    }
}

/// Values that DynamoDB takes, as its SDK has them.
fn values() -> impl Strategy<Value = AttributeValue> {
    let number = (any::<bool>(), "[1-9][0-9]{0,36}", "[0-9]?", -80..80).prop_map(
        |(minus, whole, fraction, exponent)| {
            let sign = if minus { "-" } else { "" };
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{sign}{whole}{point}{fraction}E{exponent}")
        },
    );
    let leaf = prop_oneof![
        any::<String>().prop_map(AttributeValue::S),
        number.prop_map(AttributeValue::N),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(AttributeValue::L),
            proptest::collection::hash_map(".{1,8}", inner, 0..6).prop_map(AttributeValue::M),
        ]
    })
}

proptest! {
    #[test]
    fn an_item_read_back_is_the_item(
        item in proptest::collection::hash_map(".{1,12}", values(), 0..8)
    ) {
        let text = to_json(&item).unwrap();
        prop_assert_eq!(from_json(&text).unwrap(), item);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\":,0-9eE+\\-. a\\\\u]{0,60}") {
        let _ = from_json(&text);
    }
}
