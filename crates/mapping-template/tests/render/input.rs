//! `$input`: what a template reads of the body and the parameters.

use crate::check::{check, check_bodies, render};

const ORDER: &str = r#"{
    "body": {
        "id": 7, "price": 12.50, "paid": false, "note": null, "title": "Don't say \"/\"\nagain",
        "tags": ["new", "a/b"], "lines": [{"sku": "A1", "n": 2}, {"sku": "B2", "n": 5, "gift": true}],
        "buyer": {"name": {"first": "Ada"}}, "empty": {"text": "", "list": [], "map": {}},
        "huge": 98765432109876543210, "x-y": 1
    },
    "params": {
        "path": {"id": "path-id"},
        "querystring": {"id": "query-id", "page": "2"},
        "header": {"page": "header-page", "X-Trace": "abc"}
    }
}"#;

#[test]
fn the_body_is_given_as_it_arrived() {
    check(
        r#"{"body": " {\"a\" : 1.50} "}"#,
        &[("[$input.body]", "[ {\"a\" : 1.50} ]"), ("[$input.body.a]", "[]")],
    );
    check(r#"{"body": ""}"#, &[("$input.body $input.json('$') $input.path('$')", "{} {} {}")]);
    check("{}", &[("$input.body|$input", "{}|{}")]);
}

#[test]
fn json_reprints_what_it_finds_compactly() {
    check(
        ORDER,
        &[
            (
                "$input.json('$.id') $input.json('$.price') $input.json('$.huge')",
                "7 12.5 98765432109876543210",
            ),
            ("$input.json('$.title')", r#""Don't say \"/\"\nagain""#),
            ("$input.json('$.tags')", r#"["new","a/b"]"#),
            ("$input.json('$.lines[1]')", r#"{"sku":"B2","n":5,"gift":true}"#),
            ("$input.json('$.empty')", r#"{"text":"","list":[],"map":{}}"#),
            ("$input.json('$.note') $input.json('$.nothing.here')", r#""" """#),
        ],
    );
}

#[test]
fn path_prints_objects_as_java_maps_and_arrays_as_json() {
    check(
        ORDER,
        &[
            ("$input.path('$.buyer')", "{name={first=Ada}}"),
            ("$input.path('$.tags')", r#"["new","a\/b"]"#),
            ("$input.path('$.empty')", "{text=, list=[], map={}}"),
            ("$input.path('$.lines')", r#"[{"sku":"A1","n":2},{"sku":"B2","n":5,"gift":true}]"#),
            (
                "#foreach($e in $input.path('$.buyer').entrySet())$e.key $e.value $e#end",
                "name {first=Ada} name={first=Ada}",
            ),
            ("#foreach($k in $input.path('$.empty').keySet())$k #end", "text list map "),
            ("$input.path('$').buyer.name.first|$input.path('$.lines')[0].sku", "Ada|A1"),
            ("$input.path('$.lines').get(1).n|$input.path('$.lines').size()", "5|2"),
        ],
    );
}

#[test]
fn what_is_missing_or_null_reads_as_an_empty_string_that_is_true() {
    check(
        ORDER,
        &[
            ("[$input.path('$.note')][$input.path('$.nothing')]", "[][]"),
            ("#if($input.path('$.nothing'))yes#{else}no#end", "yes"),
            ("#if($input.path('$.nothing') == '')yes#{else}no#end", "yes"),
            ("#if($input.path('$.paid'))yes#{else}no#end", "no"),
        ],
    );
}

#[test]
fn numbers_keep_their_java_class_in_arithmetic() {
    check(
        ORDER,
        &[
            ("#set($x = $input.path('$.id') / 2)$x", "3"),
            ("#set($x = $input.path('$.price') * 2)$x", "25.0"),
            ("#set($x = $input.path('$.huge') + 1)$x", "98765432109876543211"),
        ],
    );
}

#[test]
fn a_template_changes_the_document_that_it_reads() {
    check(
        ORDER,
        &[
            ("#set($o = $input.path('$'))#set($o.id = 8)$input.json('$.id')", "8"),
            ("#set($o = $input.path('$.empty'))$o.put('k', 'v')$input.json('$.empty.k')", "\"v\""),
            (
                "#set($l = $input.path('$.tags'))#set($x = $l.add('z'))$input.json('$.tags[-1:]')",
                "[\"z\"]",
            ),
        ],
    );
}

#[test]
fn parameters_are_looked_up_in_the_path_the_query_and_the_headers() {
    check(
        ORDER,
        &[
            (
                "$input.params('id') $input.params('page') $input.params('X-Trace') $input.params('x-trace')",
                "path-id 2 abc abc",
            ),
            ("[$input.params('nope')]#if($input.params('nope') == '')!#end", "[]!"),
            (
                "$input.params().header.page $input.params().get('querystring').id",
                "header-page query-id",
            ),
            ("$input.params().keySet()", "[path, querystring, header]"),
            ("$input.params().path", "{id=path-id}"),
            ("#foreach($k in $input.params().header.keySet())$k;#end", "page;X-Trace;"),
        ],
    );
}

#[test]
fn paths_select_as_jayway_selects() {
    check(
        ORDER,
        &[
            ("$input.json('id') $input.json('buyer.name')", r#"7 {"first":"Ada"}"#),
            ("$input.json(\"$['buyer']['name'].first\")", "\"Ada\""),
            ("$input.json(\"$['id','paid','nope']\")", r#"{"id":7,"paid":false}"#),
            ("$input.json('$.lines[*].sku') $input.json('$..sku')", r#"["A1","B2"] ["A1","B2"]"#),
            (
                "$input.json('$.lines[-1:].n') $input.json('$.lines[:1].n') $input.json('$.lines[0,1].n')",
                "[5] [2] [2,5]",
            ),
            ("$input.json('$.lines[(@.length-1)].sku')", "\"B2\""),
            ("[$input.path('$.lines[-1]')][$input.path('$.lines[7]')]", "[][]"),
            ("[$input.path('$.lines.length()')]", "[]"),
            ("$input.json('$.lines[*].gift') [$input.path('$.buyer.*.gift')]", "[true] []"),
            (
                "$input.json('$.buyer..first') $input.json('$..nothing') $input.json('$.empty.*')",
                r#"["Ada"] [] ["",[],{}]"#,
            ),
            ("$input.json('$.x-y')", "1"),
        ],
    );
}

#[test]
fn filters_compare_fields_of_elements() {
    check(
        ORDER,
        &[
            ("$input.json('$.lines[?(@.n > 2)].sku')", "[\"B2\"]"),
            ("$input.json(\"$.lines[?(@.sku == 'A1')].n\")", "[2]"),
            ("$input.json(\"$.lines[?(@.n >= 2 && @.sku != 'A1')].n\")", "[5]"),
            ("$input.json(\"$.lines[?(@.n == 9 || @.sku == 'A1')].n\")", "[2]"),
            (
                "$input.json('$.lines[?(@.gift)].sku') $input.json('$.lines[?(!@.gift)].sku')",
                "[\"B2\"] [\"A1\"]",
            ),
            ("$input.json('$.lines[?(@.sku =~ /b.*/i)].n')", "[5]"),
            ("$input.json('$.lines[?(@.n < $.id)].n')", "[2,5]"),
            ("$input.json('$..[?(@.n == 5)].sku')", "[\"B2\"]"),
        ],
    );
}

#[test]
fn paths_that_java_throws_at_fail_the_rendering() {
    for path in [
        "$.id[0]",
        "$.buyer[0]",
        "$.",
        "$..",
        "$x",
        "$.a b",
        "$[name]",
        "$.tags[:]",
        "",
        "$.lines[?(@.n == 'x')]",
        "$.lines[?(@..n)]",
    ] {
        let template = format!("$input.path(\"{path}\")");
        assert!(render(ORDER, &template).starts_with("error: t:1:"), "{path}");
    }
}

#[test]
fn bodies_are_read_leniently() {
    check_bodies(
        "$input.json('$')",
        &[
            ("a=b&c=d", "\"a=b&c=d\""),
            ("plain {text", "\"plain {text\""),
            ("'quoted' and more", "\"quoted\""),
            ("null", "\"\""),
            ("-", "0"),
            ("007", "7"),
            ("1x", "\"1x\""),
            ("1e5", "100000.0"),
            ("{a: b c, 'd': 01,,}", r#"{"a":"b c","d":1}"#),
            ("[1 2,x,,true]", r#"["1 2","x",true]"#),
            ("{\"a\":1} trailing", "{\"a\":1}"),
            ("{\"a\":1, \"a\":2}", "{\"a\":2}"),
            ("{\"a\": .5, \"b\": +1}", r#"{"a":".5","b":"+1"}"#),
            (r#"{"a":"\u0041\q\ud83d\ude00\ud83d"}"#, "{\"a\":\"A\u{1f600}?\"}"),
            ("{\"n\": 123456789012345678.5}", "{\"n\":123456789012345678.5}"),
            ("[9223372036854775807, 2.0, 1E2, -0.0]", "[9223372036854775807,2.0,100.0,-0.0]"),
        ],
    );
}

#[test]
fn bodies_that_begin_like_json_must_end_like_it() {
    for body in ["{a", "[1, 2", "{\"a\":}", "{a: [}", "\"open", "}", "{a:'x' y}"] {
        let request = serde_json::json!({ "body": body }).to_string();
        let template =
            mapping_template::MappingTemplate::parse("t", "$input.path('$')").expect("it parses");
        let request = mapping_template::Request::from_json(&request).expect("it is a request");
        let error = template.render(&request).expect_err(body);
        assert!(matches!(error, mapping_template::Error::Body(_)), "{body}: {error}");
        // A template that never reads the body as JSON does not mind.
        assert_eq!(render(&serde_json::json!({ "body": body }).to_string(), "$input.body"), body);
    }
}

#[test]
fn nesting_has_a_bound() {
    let nested = |depth: usize| format!("{}7{}", "[".repeat(depth), "]".repeat(depth));
    let request = |body: String| serde_json::json!({ "body": body }).to_string();
    check(&request(nested(400)), &[("$input.path('$').size()", "1")]);
    let too_deep = render(&request(nested(401)), "$input.path('$').size()");
    assert!(too_deep.contains("JSON nested more than 400 deep"), "{too_deep}");
    for path in ["[?(@".repeat(10_000), ".a".repeat(10_000), "..*".repeat(1_000)] {
        let answer = render(&request("{\"a\": 1}".to_owned()), &format!("$input.path('${path}')"));
        assert!(answer.contains("the path has more than 100 steps"), "{answer}");
    }
}

#[test]
fn a_scan_that_explodes_runs_out_of_steps() {
    let nested = format!("{}7{}", "[".repeat(60), "]".repeat(60));
    let request = serde_json::json!({ "body": nested }).to_string();
    let answer = render(&request, &format!("$input.path('${}')", "..*".repeat(20)));
    assert!(answer.contains("the template needs more than"), "{answer}");
}
