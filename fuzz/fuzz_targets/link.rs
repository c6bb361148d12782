//! Any `Link` header: reading it ends, a walk that follows it stays in its list, and never visits a page twice.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use okta_groups::org::OrgUrl;
use okta_groups::page::{NextLink, Pager, links};
use okta_groups::request::ListGroups;

/// Each line of the input is the header of one answer.
const MAX_PAGES: usize = 64;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(links(text).count() <= text.len());
    let org = OrgUrl::parse("https://console.example.com/okta").unwrap();
    let first = ListGroups { limit: Some(200), ..ListGroups::default() }.request().unwrap();
    for rule in [NextLink::Rebase, NextLink::Reject] {
        let mut pager = Pager::new(first.clone(), &org.name(), rule);
        let mut visited = BTreeSet::from([first.query.clone()]);
        for header in text.lines().take(MAX_PAGES) {
            let before = pager.request().cloned();
            if pager.advance(&org, Some(header), header.len() % 3).is_err() {
                assert_eq!(pager.request(), before.as_ref(), "after an error the walk stays where it was");
                continue;
            }
            let Some(request) = pager.request() else { break };
            assert_eq!(request.path, first.path);
            assert!(org.url(request).starts_with("https://console.example.com/okta/api/v1/groups?"));
            assert!(visited.insert(request.query.clone()), "{} is visited twice", request.query);
        }
    }
});
