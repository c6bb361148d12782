//! Any text as a cursor: it is refused, or the walk it resumes gives a cursor that leads to the same place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use okta_groups::org::OrgUrl;
use okta_groups::page::{NextLink, Pager};
use okta_groups::request::ListGroups;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let org = OrgUrl::parse("https://acme.okta.com").unwrap();
    let first = ListGroups { limit: Some(200), ..ListGroups::default() }.request().unwrap();
    if let Ok(pager) = Pager::resume(first.clone(), text, &org.name(), NextLink::Rebase) {
        let again = pager.cursor().unwrap();
        let same = Pager::resume(first.clone(), &again, &org.name(), NextLink::Rebase).unwrap();
        assert_eq!(same.request(), pager.request());
    }
    // The same bytes as what Okta calls the place: whatever a walk is led to, its cursor leads back to.
    let mut pager = Pager::new(first.clone(), &org.name(), NextLink::Rebase);
    let header = format!("</api/v1/groups?after={text}>; rel=next");
    if pager.advance(&org, Some(&header), 1).is_err() {
        return;
    }
    // A walk that is resumed asks for pages of its own size.
    pager.set_limit(200);
    let Some(request) = pager.request() else { return };
    let cursor = pager.cursor().unwrap();
    let resumed = Pager::resume(first, &cursor, &org.name(), NextLink::Rebase).unwrap();
    assert_eq!(resumed.request(), Some(request));
});
