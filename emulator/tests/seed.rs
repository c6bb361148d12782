//! A seeded org is the same each time, and believable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::*;
use okta_groups::model::{Application, Field, Group, GroupType, User};
use okta_groups_emulator::{Org, SeedData};
use serde_json::Value;

#[test]
fn the_same_seed_and_sizes_make_the_same_org() {
    let text = |org: Org| org.snapshot().to_json();
    assert_eq!(text(seeded(150, 80)), text(seeded(150, 80)));
}

#[test]
fn every_body_reads_as_its_model_with_nothing_unknown() {
    let data = seeded(500, 200).snapshot();
    assert_eq!((data.groups.len(), data.users.len()), (500, 200));
    let mut own = 0;
    for group in data.groups {
        let group: Group = serde_json::from_value(group).unwrap();
        assert!(group.other.is_empty());
        own += usize::from(group.group_type == Field::Value(GroupType::OktaGroup));
    }
    assert!((400..470).contains(&own), "{own} of 500 are Okta's own");
    for user in data.users {
        let user: User = serde_json::from_value(user).unwrap();
        assert!(user.other.is_empty() && user.profile.into_option().unwrap().custom.is_empty());
    }
    for app in data.apps {
        assert!(serde_json::from_value::<Application>(app).unwrap().other.is_empty());
    }
}

#[test]
fn names_of_okta_groups_are_unique() {
    let data = seeded(2_000, 0).snapshot();
    let names: Vec<_> = data
        .groups
        .iter()
        .filter(|group| group["type"] != "APP_GROUP")
        .map(|group| group["profile"]["name"].as_str().unwrap().to_lowercase())
        .collect();
    assert_eq!(names.iter().collect::<std::collections::BTreeSet<_>>().len(), names.len());
}

#[test]
fn a_snapshot_loads_into_the_same_org() {
    let mut org = seeded(100, 50);
    ask(&mut org, "POST", "/api/v1/groups", r#"{"profile":{"name":"new","costCenter":7}}"#);
    let written = org.snapshot().to_json();
    let mut copy = Org::new(options());
    copy.load(SeedData::from_json(&written).unwrap()).unwrap();
    assert_eq!(copy.snapshot().to_json(), written);
    let read = |org: &mut Org| get(org, "/api/v1/groups?expand=stats").body;
    assert_eq!(read(&mut copy), read(&mut org));
}

#[test]
fn a_seed_that_contradicts_itself_is_refused() {
    let twice = small().with_group(group("00gOwn", "OKTA_GROUP", "again"));
    assert_eq!(twice.err().unwrap().to_string(), "the id 00gOwn is used twice");
    let stranger = small().with_members("00gOwn", &["00uNone"]);
    assert_eq!(stranger.err().unwrap().to_string(), "no object has the id 00uNone");
    assert!(small().with_group(Value::Null).is_err());
}

#[test]
fn rules_and_owners_are_seeded_on_request_and_change_nothing_else() {
    let with = |rules, owners| seeded(60, 200).with_seeded_owners(owners).with_seeded_rules(rules);
    let (plain, mut full) = (with(0, 0).snapshot(), with(20, 10));
    let data = full.snapshot();
    assert_eq!((data.rules.len(), data.owners.len()), (20, 10));
    assert_eq!((plain.rules.len(), plain.owners.len()), (0, 0));
    let ids = |groups: &[Value]| groups.iter().map(|group| group["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&plain.groups), ids(&data.groups));
    assert_eq!(plain.users, data.users);
    let active = data.rules.iter().filter(|rule| rule["status"] == "ACTIVE").count();
    assert!((10..20).contains(&active), "{active} of 20");
    let by_rule: usize = data.group_rules.values().map(|members| members.len()).sum();
    assert!(by_rule > 100, "{by_rule}");
    // Nothing is left to do: rules have run before the first request.
    let before = full.snapshot().memberships;
    get(&mut full, "/api/v1/groups/rules");
    assert_eq!(full.snapshot().memberships, before);
}
