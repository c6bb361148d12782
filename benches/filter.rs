//! One run of the Rust side of filter.mjs: `cargo bench --bench filter --profile native -- NAME`.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use okta_groups::filter::{CaseRule, Matcher, parse};
use serde_json::{Value, json};

/// Names the expressions.
const EXPRESSIONS: &str = include_str!("expressions.json");

fn main() -> ExitCode {
    let expressions: Value = serde_json::from_str(EXPRESSIONS).unwrap_or_default();
    // `cargo bench` adds an option of its own.
    let name = std::env::args().skip(1).find(|arg| !arg.starts_with("--")).unwrap_or_default();
    let Some(text) = expressions[&name].as_str() else {
        eprintln!("expressions.json has no {name:?}");
        return ExitCode::FAILURE;
    };
    let Ok(expr) = parse(text) else {
        eprintln!("{text:?} is no expression");
        return ExitCode::FAILURE;
    };
    let groups: Vec<Value> = (0..100_000).map(group).collect();
    let matcher = Matcher::compile(&expr, CaseRule::Exact);
    let mut found = 0;
    let test = least(5, 1, || found = groups.iter().filter(|group| matcher.matches(group)).count());
    let parse = least(10, 10_000, || _ = black_box(parse(black_box(text))));
    let render = least(10, 10_000, || _ = black_box(black_box(&expr).to_string()));
    let result =
        json!({ "parseUs": parse, "renderUs": render, "testUs": test / groups.len() as f64, "found": found });
    println!("{result}");
    ExitCode::SUCCESS
}

fn group(i: u32) -> Value {
    json!({
        "id": format!("00g{i}"),
        "created": "2014-11-11T12:00:00.000Z",
        "lastUpdated": format!("20{}-06-01T12:00:00.000Z", 10 + i % 10),
        "lastMembershipUpdated": format!("20{}-06-01T12:00:00.000Z", 14 + i % 5),
        "objectClass": ["okta:user_group"],
        "type": if i % 3 == 0 { "APP_GROUP" } else { "OKTA_GROUP" },
        "profile": { "name": format!("Group {i}"), "description": format!("The group with the number {i}") },
    })
}

/// Microseconds of one run, in the fastest of so many batches.
fn least(batches: u32, times: u32, mut run: impl FnMut()) -> f64 {
    let batch = |_| {
        let started = Instant::now();
        (0..times).for_each(|_| run());
        started.elapsed().as_secs_f64()
    };
    (0..batches).map(batch).fold(f64::INFINITY, f64::min) * 1e6 / f64::from(times)
}
