//! Templates that ask for too much: each ends with an error that names the bound, in bounded time
//! and on a stack of the usual size.

use std::thread;

use vtl::{Bound, Context, Error, ErrorKind, Limits, Settings, Template};

fn render(source: &str, limits: Limits) -> Result<String, Error> {
    let settings = Settings { limits, ..Settings::default() };
    Template::parse("limits.vtl", source)?.render(&Context::new(), &settings)
}

/// Renders on a thread with the 2 MiB of stack that Rust's threads have, and expects a bound.
fn check(source: String, limits: Limits, expected: fn(&Bound) -> bool) {
    let thread = thread::Builder::new().stack_size(2 << 20);
    let result = thread.spawn(move || render(&source, limits)).expect("a thread starts").join();
    match result.expect("no panic and no overflow") {
        Ok(output) => panic!("rendered {} bytes", output.len()),
        Err(error) => match error.kind() {
            ErrorKind::Bound(bound) => assert!(expected(bound), "{bound:?}"),
            kind => panic!("{kind:?}"),
        },
    }
}

fn renders(source: &str, expected: &str) {
    let source = source.to_owned();
    let thread = thread::Builder::new().stack_size(2 << 20);
    let result =
        thread.spawn(move || render(&source, Limits::default())).expect("a thread starts").join();
    assert_eq!(result.expect("no panic and no overflow").expect("the template renders"), expected);
}

/// Loops inside each other, a thousand rounds each.
fn loops(depth: usize, body: &str) -> String {
    let open: String =
        (0..depth).map(|level| format!("#foreach($i{level} in [1..1000])")).collect();
    format!("{open}{body}{}", "#end".repeat(depth))
}

#[test]
fn loops_inside_loops_run_out_of_steps() {
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    check(loops(4, ""), limits, |bound| matches!(bound, Bound::Steps(1_000_000)));
}

#[test]
fn output_is_bounded() {
    let limits = Limits { output_bytes: 1_000, ..Limits::default() };
    check(loops(1, "ten bytes."), limits.clone(), |bound| matches!(bound, Bound::Output(1_000)));
    let doubled = "#set($l = ['x'])#foreach($i in [1..40])#set($l = [$l, $l])#end$l";
    check(doubled.to_owned(), limits, |bound| matches!(bound, Bound::Output(1_000)));
}

#[test]
fn texts_that_double_run_out_of_memory() {
    let doubling = "#set($s = 'xx')#foreach($i in [1..60])#set($s = \"$s$s\")#end";
    check(doubling.to_owned(), Limits::default(), |bound| {
        matches!(bound, Bound::Allocation(_) | Bound::Output(_))
    });
    let repeated = "#set($s = 'x')#set($t = $s.repeat(2000000000))";
    check(repeated.to_owned(), Limits::default(), |bound| {
        matches!(bound, Bound::Allocation(_) | Bound::Steps(_))
    });
    let padded = "#set($s = '')#foreach($i in [1..1000])#set($t = $s.format('%1000000d', 1))#end";
    check(padded.to_owned(), Limits::default(), |bound| matches!(bound, Bound::Allocation(_)));
    let replaced =
        "#set($s = 'x')#foreach($i in [1..99])#set($s = $s.replace('', 'xxxxxxxxxx'))#end";
    check(replaced.to_owned(), Limits::default(), |bound| {
        matches!(bound, Bound::Allocation(_) | Bound::Steps(_))
    });
    let list = "#set($l = [1, 2])#foreach($i in [1..60])#set($ok = $l.addAll($l))#end";
    check(list.to_owned(), Limits::default(), |bound| {
        matches!(bound, Bound::Allocation(_) | Bound::Steps(_))
    });
}

#[test]
fn ranges_are_not_made_before_they_are_counted() {
    let range = "#set($r = [1..2000000000])";
    check(range.to_owned(), Limits::default(), |bound| {
        matches!(bound, Bound::Allocation(_) | Bound::Steps(_))
    });
}

#[test]
fn a_loop_over_a_long_range_ends_after_a_thousand() {
    renders("#set($n = 0)#foreach($i in [1..2000000000])#set($n = $i)#end$n", "1000");
}

#[test]
fn integers_are_bounded() {
    let squares = "#set($n = 99999999999999999999)#foreach($i in [1..30])#set($n = $n * $n)#end";
    check(squares.to_owned(), Limits::default(), |bound| matches!(bound, Bound::Integer(_)));
    let power = "#set($n = 99999999999999999999)#set($m = $n.pow(1000000000))";
    check(power.to_owned(), Limits::default(), |bound| matches!(bound, Bound::Integer(_)));
    let digits = format!("#set($n = {})", "9".repeat(100_000));
    check(digits, Limits::default(), |bound| matches!(bound, Bound::Integer(_)));
}

#[test]
fn patterns_that_go_back_too_often_are_stopped() {
    let pattern = "#set($s = 'baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')$s.matches('b(a|aa)+\\1[b-d]')";
    check(pattern.to_owned(), Limits::default(), |bound| matches!(bound, Bound::Backtracks(_)));
}

#[test]
fn nested_blocks_are_bounded() {
    let depth = 100_000;
    for (open, inner, close) in [
        ("#if(true)", "", "#end"),
        ("#foreach($i in [1])", "", "#end"),
        ("#define($d)", "", "#end"),
        ("#@m()", "", "#end"),
    ] {
        let source = format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        check(source, Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
    }
    for (open, inner, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{'a' : ", "1", "}"),
        ("!", "true", ""),
        ("$a[", "0", "]"),
        ("$a.b(", "1", ")"),
    ] {
        let source = format!("#set($x = {}{inner}{})", open.repeat(depth), close.repeat(depth));
        check(source, Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
    }
}

#[test]
fn nesting_up_to_the_bound_needs_no_larger_stack() {
    let depth = 90;
    let source = format!("{}x{}", "#if(true)".repeat(depth), "#end".repeat(depth));
    renders(&source, "x");
    let source = format!("#set($x = {}1{})$x", "(".repeat(depth), ")".repeat(depth));
    renders(&source, "1");
    let source = format!("{}$i0{}", "#foreach($i0 in [1])".repeat(depth), "#end".repeat(depth));
    renders(&source, "1");
    let lists = format!("#set($x = {}1{})$x", "[".repeat(depth), "]".repeat(depth));
    renders(&lists, &format!("{}1{}", "[".repeat(depth), "]".repeat(depth)));
}

#[test]
fn long_chains_are_not_deep() {
    renders(&format!("#set($x = 0{})$x", " + 1".repeat(50_000)), "50000");
    renders(&format!("#if(false{})yes#end", " || true".repeat(50_000)), "yes");
    renders(&format!("#if(false)a{}#end", "#elseif(false)b".repeat(20_000)), "");
    renders(&format!("#set($m = {{'m' : 1}})#set($m.m = $m)$m{}.x", ".m".repeat(50_000)), "");
}

#[test]
fn defines_that_use_each_other_are_bounded() {
    let chain: String = (0..1_000).map(|n| format!("#define($d{n})$d{}#end", n + 1)).collect();
    check(format!("{chain}$d0"), Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
}

#[test]
fn values_nested_without_end_are_dropped_and_refused() {
    let nested =
        "#set($l = [])#foreach($i in [1..1000])#foreach($j in [1..100])#set($l = [$l])#end#end";
    renders(nested, "");
    check(format!("{nested}$l"), Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
    let twice = format!("{nested}#set($k = $l){nested}#if($k == $l)equal#end");
    check(twice, Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
    let maps = "#set($m = {})#foreach($i in [1..1000])#foreach($j in [1..100])#set($m = {'m' : $m.entrySet()})#end#end";
    renders(maps, "");
}

#[test]
fn values_that_contain_themselves_print_or_are_refused() {
    let cycle = "#set($a = [])#set($b = [$a])#set($ok = $a.add($b))";
    check(format!("{cycle}$a"), Limits::default(), |bound| matches!(bound, Bound::Depth(_)));
    renders(&format!("{cycle}$a.size()"), "1");
}
