//! What `check` says about a template.

use mapping_template::{Rule, Severity, check};

/// The findings as one line each: rule, line and column, and what they are about.
fn findings(template: &str) -> Vec<String> {
    check("t.vtl", template)
        .iter()
        .map(|finding| {
            let source = &template[finding.span.start as usize..finding.span.end as usize];
            format!("{} {}:{} {source}", finding.rule.name(), finding.line, finding.column)
        })
        .collect()
}

#[track_caller]
fn finds(template: &str, expected: &[&str]) {
    assert_eq!(findings(template), expected, "{template}");
}

#[test]
fn a_value_of_the_callers_in_a_json_string_must_be_escaped() {
    finds("{\"a\": \"$input.path('$.a')\"}", &["unescaped-value 1:8 $input.path('$.a')"]);
    finds("{\"a\": \"${input.params('a')}\"}", &["unescaped-value 1:8 ${input.params('a')}"]);
    finds(
        "{\"a\": \"$input.params().header.Host\"}",
        &["unescaped-value 1:8 $input.params().header.Host"],
    );
    finds(
        "{\"a\": \"$context.authorizer.claims.email\"}",
        &["unescaped-value 1:8 $context.authorizer.claims.email"],
    );
    finds(
        "{\"a\": \"$context['authorizer'].principalId\"}",
        &["unescaped-value 1:8 $context['authorizer'].principalId"],
    );
    finds(
        "{\"a\": \"$context.identity.userAgent\"}",
        &["unescaped-value 1:8 $context.identity.userAgent"],
    );
    finds("{\"a\": \"$context.requestId $stageVariables.x $context.identity.sourceIp\"}", &[]);
}

#[test]
fn a_directive_that_can_only_fail_is_warned_of() {
    finds("#if(false)\n#foreach()x#end\n#end", &["fails-when-reached 2:1 #foreach()x#end\n"]);
    finds("#foreach($a in [1])x#end", &[]);
}

#[test]
fn values_are_followed_through_variables_and_loops() {
    finds("#set($root = $input.path('$'))\n{\"a\": \"$root.a\"}", &["unescaped-value 2:8 $root.a"]);
    finds(
        "[#foreach($tag in $input.path('$.tags'))\"$tag\"#if($foreach.hasNext),#end#end]",
        &["unescaped-value 1:42 $tag"],
    );
    finds(
        "#set($safe = 'x')#if($c)#set($safe = $input.params('q'))#end{\"a\": \"$safe\"}",
        &["unescaped-value 1:68 $safe"],
    );
    finds(
        "#set($o = $util.parseJson($input.body)){\"a\":\"$o.a\"}",
        &["unescaped-value 1:46 $o.a"],
    );
    finds("#set($v = $input.path('$.a'))#set($v = 'mine'){\"a\":\"$v\"}", &[]);
    finds(
        "#set($l = [])#set($x = $l.add($input.path('$.a'))){\"a\":\"$l[0]\"}",
        &["unescaped-value 1:57 $l[0]"],
    );
}

#[test]
fn numbers_and_truth_values_about_a_value_are_harmless() {
    finds("{\"n\": $input.path('$.l').size(), \"b\": \"$input.body.length()\"}", &[]);
    finds("{\"n\": \"$util.urlEncode($input.params('q'))$util.base64Encode($input.body)\"}", &[]);
}

#[test]
fn outside_quotes_only_json_is_safe() {
    finds("{\"a\": $input.path('$.a')}", &["unquoted-value 1:7 $input.path('$.a')"]);
    finds("{\"a\": $input.json('$.a')}", &[]);
    finds("{\"a\": \"$input.json('$.a')\"}", &["json-in-string 1:8 $input.json('$.a')"]);
}

#[test]
fn java_scripts_escaped_quote_must_be_undone() {
    finds(
        "{\"a\": \"$util.escapeJavaScript($input.path('$.a'))\"}",
        &["escaped-quote 1:8 $util.escapeJavaScript($input.path('$.a'))"],
    );
    finds(
        "{\"a\": \"$util.escapeJavaScript($input.path('$.a')).replaceAll(\"\\\\'\",\"'\")\"}",
        &[],
    );
    finds(
        "#set($e = $util.escapeJavaScript($input.body)){\"a\": \"$e.replaceAll(\"\\\\'\", \"'\")\"}",
        &[],
    );
    finds(
        "#set($e = $util.escapeJavaScript($input.body)){\"a\": \"$e\"}",
        &["escaped-quote 1:54 $e"],
    );
    // With one backslash the pattern means the quote alone.
    finds(
        "{\"a\": \"$util.escapeJavaScript($input.body).replaceAll(\"\\'\",\"'\")\"}",
        &["escaped-quote 1:8 $util.escapeJavaScript($input.body).replaceAll(\"\\'\",\"'\")"],
    );
    finds("{\"a\": \"$util.escapeJavaScript('constant')\"}", &[]);
}

#[test]
fn only_templates_that_print_json_are_looked_at() {
    finds("Action=SendMessage&MessageBody=$input.body", &[]);
    finds("<a href=\"$input.params('url')\"/>", &[]);
    finds("\n\n  [\"$input.body\"]", &["unescaped-value 3:5 $input.body"]);
}

#[test]
fn json_built_in_a_string_is_looked_at_too() {
    finds("#set($list = '')#set($list = \"$list{'a': $input.json('$.a')}\")Action=x", &[]);
    let message = "#set($message = \"{\"\"a\"\": \"\"$input.params('a')\"\"}\")Action=x";
    let [finding] = &check("t.vtl", message)[..] else { panic!("one finding") };
    assert_eq!(
        finding.to_string(),
        "t.vtl:1:17: warning[unescaped-value]: $input.params('a') is printed into a JSON string unescaped"
    );
}

#[test]
fn a_string_ends_where_json_ends_it() {
    finds(
        "{\"a\\\"b\": $input.json('$'), \"c\": \"$input.body\"}",
        &["unescaped-value 1:34 $input.body"],
    );
    finds(
        "{#if($x)\"a\": \"b\",#else\"c\": \"d\",#end\"e\": \"$input.body\"}",
        &["unescaped-value 1:42 $input.body"],
    );
}

#[test]
fn mistakes_are_errors_with_their_place() {
    let findings = check("bad.vtl", "{\n  #if($x)\n}");
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(
        (finding.rule, finding.rule.severity(), finding.line),
        (Rule::Syntax, Severity::Error, 2)
    );
    let too_long = check("long.vtl", &" ".repeat(mapping_template::MAX_TEMPLATE_BYTES + 1));
    assert_eq!(
        too_long[0].to_string(),
        "long.vtl:1:1: error[syntax]: 307201 bytes are too long for a mapping template"
    );
}

#[test]
fn findings_read_as_the_compilers_do() {
    let findings = check("user.vtl", "{\n\t\"name\": \"$!{input.path('$.name')}\"\n}\n");
    let shown: Vec<_> = findings.iter().map(|finding| format!("{finding:#}")).collect();
    assert_eq!(
        shown,
        [concat!(
            "user.vtl:2:11: warning[unescaped-value]: $!{input.path('$.name')} is printed into a JSON string unescaped\n",
            "  |\n",
            "2 | \t\"name\": \"$!{input.path('$.name')}\"\n",
            "  | \t         ^^^^^^^^^^^^^^^^^^^^^^^^\n",
            "  = help: write $util.escapeJavaScript($input.path('$.name')).replaceAll(\"\\\\'\",\"'\")",
        )]
    );
}
