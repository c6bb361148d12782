//! A local Okta org: groups, users, apps and memberships in memory, answered by one pure function.
#![forbid(unsafe_code)]
