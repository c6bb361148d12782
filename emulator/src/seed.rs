//! Makes a realistic org by a seed and sizes; the same numbers make the same org.

use std::collections::BTreeMap;

use okta_groups::model::{Application, Field, GroupType, Object, SignOnMode, User, UserProfile, UserStatus};
use serde_json::{Value, json};

use crate::options::Options;
use crate::org::Org;
use crate::owners;
use crate::random::Random;
use crate::rules::{self, Rules};
use crate::size::{SeedOptions, Size};
use crate::store::{AttributeType, GroupRecord, SeedError, Store};
use crate::time;

impl Org {
    /// Makes an org of these sizes, with objects from the ten years before 2025: about 85 in 100 groups are Okta's own, the
    /// others come from Active Directory or Google Workspace; `Everyone` and `Okta Administrators` are built in, apps are
    /// assigned, sizes of groups are skewed.
    pub fn seeded(options: Options, seed: SeedOptions) -> Self {
        let mut org = Self::new(Options { seed: seed.seed, ..options });
        let SeedOptions { groups, users, seed: from } = seed;
        org.size = Size { groups, users, seed: from, ..Size::default() };
        let (store, _, random) = org.seed_parts();
        // Cannot fail: ids are new by a counter, and this file makes all shapes.
        let _ = fill(store, random, seed);
        org
    }

    /// Replaces the org's content by a seeded one of this size. Options stay, and issued tokens stay valid.
    pub(crate) fn seed_anew(&mut self, size: Size) {
        let Size { groups, users, seed, rules, owners } = size;
        self.replace(|options| {
            let made = Self::seeded(options, SeedOptions { groups, users, seed });
            made.with_seeded_owners(owners).with_seeded_rules(rules)
        });
    }

    /// Adds this number of group rules, three in four of them ACTIVE; users who match them are members already.
    #[must_use]
    pub fn with_seeded_rules(mut self, rules: usize) -> Self {
        let (store, known, random) = self.seed_parts();
        let _ = rule(store, known, random, rules);
        self.size.rules = rules;
        self
    }

    /// Adds owners to this number of groups: one to three users each, and for some a group, too.
    #[must_use]
    pub fn with_seeded_owners(mut self, groups: usize) -> Self {
        let (store, _, random) = self.seed_parts();
        let _ = own(store, random, groups);
        self.size.owners = groups;
        self
    }
}

/// 2015-01-01; the org's objects are from the ten years after it.
const START_MS: i64 = 1_420_070_400_000;
const SPAN_SECONDS: usize = 315_000_000;

const PLACES: [&str; 24] = [
    "West Coast",
    "East Coast",
    "Nordics",
    "Berlin",
    "München",
    "São Paulo",
    "Zürich",
    "London",
    "Paris",
    "Tōkyō",
    "Bengaluru",
    "Toronto",
    "Austin",
    "Sydney",
    "Kraków",
    "Málaga",
    "Chicago",
    "Dublin",
    "北京",
    "Cape Town",
    "EMEA",
    "APAC",
    "LATAM",
    "Global",
];
const TEAMS: [&str; 28] = [
    "users",
    "Engineering",
    "Platform Engineering",
    "Site Reliability",
    "Data Science",
    "Security Operations",
    "Sales",
    "Field Sales",
    "Sales Operations",
    "Customer Success",
    "Support Tier 2",
    "Marketing",
    "Finance",
    "Accounts Payable",
    "Legal",
    "People Operations",
    "Recruiting",
    "IT Helpdesk",
    "Contractors",
    "Interns",
    "Executives",
    "Facilities",
    "Product Management",
    "Design",
    "QA Team",
    "VPN Access",
    "Payroll \"Restricted\"",
    "R&D / Labs",
];
const FIRST_NAMES: [&str; 24] = [
    "Alice", "Isaac", "María", "Jürgen", "Chloé", "Wei", "Aiko", "Priya", "Omar", "Zoë", "Søren", "Łukasz",
    "Ana", "John", "Fatima", "Noah", "Emma", "Ivan", "Nia", "Liam", "Yuki", "Tomás", "Grace", "Kofi",
];
const LAST_NAMES: [&str; 24] = [
    "Smith",
    "Brock",
    "García",
    "Müller",
    "Dubois",
    "Chen",
    "Sato",
    "Sharma",
    "Haddad",
    "O'Brien",
    "Nielsen",
    "Kowalski",
    "Silva",
    "Entwhistle",
    "Khan",
    "Jones",
    "Novák",
    "Petrov",
    "Okafor",
    "Walsh",
    "Tanaka",
    "Reyes",
    "Hopper",
    "Mensah",
];
const DEPARTMENTS: [&str; 8] =
    ["Engineering", "Sales", "Marketing", "Finance", "Legal", "Support", "People", "Operations"];
const TITLES: [&str; 5] = ["Engineer", "Manager", "Analyst", "Director", "Intern"];
const REGIONS: [&str; 4] = ["AMER", "EMEA", "APAC", "LATAM"];

fn fill(store: &mut Store, random: &mut Random, seed: SeedOptions) -> Result<(), SeedError> {
    for (name, attribute) in [
        ("costCenter", AttributeType::Integer),
        ("region", AttributeType::String),
        ("restricted", AttributeType::Boolean),
        ("googleExternalId", AttributeType::String),
    ] {
        store.define_attribute(name, attribute);
    }
    let user_type = random.id("oty");
    for number in 0..seed.users {
        let user = user(random, number, &user_type);
        store.insert_user(&user)?;
    }
    let directories = apps(store, random)?;
    built_in(store, random, seed.users)?;
    let mut names = BTreeMap::new();
    for _ in 2..seed.groups {
        let mut group = if random.chance(85) {
            okta_group(random, &mut names)
        } else if random.chance(60) {
            directory_group(random, &directories)
        } else {
            google_group(random, &directories)
        };
        add_members_and_apps(&mut group, random, store);
        store.insert_group(group)?;
    }
    Ok(())
}

/// Adds owners to this number of groups: one to three people, and in one of five cases a group, too.
fn own(store: &mut Store, random: &mut Random, groups: usize) -> Result<(), SeedError> {
    let ids: Vec<String> = store.groups().map(|group| group.id.clone()).collect();
    let people: Vec<String> = store.users.rows().map(|user| user.id.clone()).collect();
    for owned in ids.iter().take(groups) {
        let count = 1 + random.below(3);
        let mut owners: Vec<&String> =
            (0..count).filter_map(|_| people.get(random.below(people.len()))).collect();
        if random.chance(20) {
            owners.extend(ids.get(random.below(ids.len())));
        }
        owners.sort_unstable();
        owners.dedup();
        for owner in owners {
            let at = time::sql(moment(random));
            owners::seed(store, owned, &json!({ "id": owner, "lastUpdated": at }))?;
        }
    }
    Ok(())
}

fn rule(store: &mut Store, rules: &mut Rules, random: &mut Random, count: usize) -> Result<(), SeedError> {
    let is_own = |group: &&GroupRecord| group.group_type == GroupType::OktaGroup;
    let targets: Vec<(String, String)> =
        store.groups().filter(is_own).map(|group| (group.id.clone(), group.name().to_owned())).collect();
    for number in 1..=count {
        let (department, title) = (random.pick(&DEPARTMENTS), random.pick(&TITLES));
        let expression = match random.below(4) {
            0 => format!("user.department==\"{department}\""),
            1 => format!("user.department==\"{department}\" AND user.title==\"{title}\""),
            2 => {
                format!("String.startsWith(user.title,\"{title}\") AND !(user.department==\"{department}\")")
            }
            _ => format!("String.stringContains(user.email,\".{}\")", random.pick(&["s", "m", "k"])),
        };
        let Some((id, name)) = targets.get(random.below(targets.len())) else { return Ok(()) };
        let name: String = format!("{number} {name}").chars().take(50).collect();
        let created = moment(random);
        let body = json!({
            "id": random.id("0pr"), "name": name, "status": if random.chance(75) { "ACTIVE" } else { "INACTIVE" },
            "created": time::iso(created), "lastUpdated": time::iso(later(random, created)),
            "conditions": { "expression": { "value": expression } },
            "actions": { "assignUserToGroups": { "groupIds": [id] } }
        });
        rules::seed(rules, store, &body)?;
    }
    rules::settle_seed(rules, store);
    Ok(())
}

fn moment(random: &mut Random) -> i64 {
    START_MS + random.below(SPAN_SECONDS) as i64 * 1000
}

/// `now`, or up to a year later.
fn later(random: &mut Random, ms: i64) -> i64 {
    if random.chance(40) { ms } else { ms + random.below(31_536_000) as i64 * 1000 }
}

fn user(random: &mut Random, number: usize, user_type: &str) -> User {
    let (first, last) = (random.pick(&FIRST_NAMES), random.pick(&LAST_NAMES));
    let login = format!("{}.{}{number}@example.com", ascii(first), ascii(last));
    let created = moment(random);
    let status = match random.below(100) {
        0..80 => UserStatus::Active,
        80..85 => UserStatus::Staged,
        85..90 => UserStatus::Provisioned,
        90..94 => UserStatus::Deprovisioned,
        94..96 => UserStatus::PasswordExpired,
        96..98 => UserStatus::LockedOut,
        98 => UserStatus::Recovery,
        _ => UserStatus::Suspended,
    };
    let staged = status == UserStatus::Staged;
    let signs_in = status == UserStatus::Active && random.chance(90);
    let unless = |null: bool, ms: i64| if null { Field::Null } else { Field::Value(time::iso(ms)) };

    let mut profile = UserProfile::default();
    profile.first_name = first.into();
    profile.last_name = last.into();
    profile.mobile_phone = Field::Null;
    profile.second_email = Field::Null;
    profile.login = login.clone().into();
    profile.email = login.into();
    // By the number, not drawn at random: so the later random choices stay the same.
    let of =
        |texts: &[&'static str], number: usize| texts.get(number % texts.len()).copied().unwrap_or_default();
    profile.employee_number = format!("{:05}", number + 1).into();
    profile.department = of(&DEPARTMENTS, number).into();
    profile.title = of(&TITLES, number / DEPARTMENTS.len()).into();

    let mut user = User::default();
    user.id = random.id("00u");
    user.status = status.into();
    user.created = time::iso(created).into();
    user.activated = unless(staged, created + 1000);
    user.status_changed = unless(staged, created + 1000);
    user.last_login = unless(!signs_in, later(random, created));
    user.last_updated = time::iso(later(random, created)).into();
    user.password_changed = unless(staged || random.chance(10), created + 1000);
    user.profile = profile.into();
    let mut the_type = okta_groups::model::UserType::default();
    the_type.id = user_type.into();
    user.user_type = the_type.into();
    let mut provider = okta_groups::model::UserProvider::default();
    provider.provider_type = "OKTA".into();
    provider.name = "OKTA".into();
    let mut credentials = okta_groups::model::UserCredentials::default();
    credentials.password = if staged { Field::Absent } else { Object::new().into() };
    credentials.provider = provider.into();
    user.credentials = credentials.into();
    user
}

/// The letters of a name that a login may have.
fn ascii(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'í' => 'i',
            'ü' | 'ú' => 'u',
            'é' | 'ë' => 'e',
            'ø' | 'ó' => 'o',
            'Ł' => 'l',
            'á' => 'a',
            other => other.to_ascii_lowercase(),
        })
        .filter(char::is_ascii_alphanumeric)
        .collect()
}

/// The ids of the apps that groups are imported from.
#[derive(Default)]
struct Directories {
    active_directory: String,
    google: String,
}

fn apps(store: &mut Store, random: &mut Random) -> Result<Directories, SeedError> {
    let template = json!({ "template": "${source.login}", "type": "BUILT_IN" });
    let plain = || json!({ "userNameTemplate": template, "signing": {} });
    let vaulted = || json!({ "scheme": "EDIT_USERNAME_AND_PASSWORD", "userNameTemplate": template, "revealPassword": false, "signing": {} });
    let signed = || json!({ "userNameTemplate": template, "signing": { "kid": "SIMcCQNY3uwXoW3y0vf6VxiBb5n9pf8L2fK8d-FIbm4" } });
    let mut rows: Vec<(String, &str, SignOnMode, Value, Value)> = vec![
        (
            "active_directory".into(),
            "corp.example.com",
            SignOnMode::AutoLogin,
            vaulted(),
            json!({ "app": { "url": null, "redirectUrl": null }, "signOn": { "loginUrl": "https://corp.example.com/login" } }),
        ),
        (
            "google".into(),
            "Google Workspace",
            SignOnMode::Saml20,
            signed(),
            saml("https://www.google.com/a/example.com/acs"),
        ),
        (
            "bookmark".into(),
            "Cafeteria menu",
            SignOnMode::Bookmark,
            plain(),
            json!({ "app": { "requestIntegration": false, "url": "https://intranet.example.com/menu" } }),
        ),
        (
            "template_swa".into(),
            "Expense reports",
            SignOnMode::BrowserPlugin,
            vaulted(),
            json!({ "app": { "buttonField": "btn-login", "passwordField": "txt-box-password", "usernameField": "txt-box-username",
                "url": "https://expenses.example.com/login.html", "loginUrlRegex": "^https://expenses.example.com/login.html$" } }),
        ),
        (
            "template_basic_auth".into(),
            "Legacy inventory",
            SignOnMode::BasicAuth,
            vaulted(),
            json!({ "app": { "url": "https://inventory.example.com/login.html", "authURL": "https://inventory.example.com/auth.html" } }),
        ),
        (
            "oidc_client".into(),
            "Customer portal",
            SignOnMode::OpenidConnect,
            json!({ "userNameTemplate": template, "signing": {},
                "oauthClient": { "autoKeyRotation": true, "client_id": "0oa1portal", "token_endpoint_auth_method": "client_secret_basic" } }),
            json!({ "oauthClient": { "client_uri": "https://portal.example.com", "redirect_uris": ["https://portal.example.com/callback"],
                "response_types": ["code"], "grant_types": ["authorization_code"], "application_type": "web",
                "consent_method": "REQUIRED", "issuer_mode": "DYNAMIC" } }),
        ),
    ];
    for service in [
        "Salesforce",
        "Slack",
        "Zoom",
        "Workday",
        "Box",
        "GitHub Enterprise",
        "Jira",
        "Confluence",
        "Datadog",
        "PagerDuty",
        "Tableau",
        "ServiceNow",
        "Zendesk",
        "Miro",
        "Figma",
        "Coupa",
        "Concur",
        "DocuSign",
        "Snowflake",
        "AWS",
    ] {
        let key: String = service.to_lowercase().split(' ').collect::<Vec<_>>().join("_");
        let acs = format!("https://{}.example.com/saml/acs", key.replace('_', "-"));
        rows.push((key, service, SignOnMode::Saml20, signed(), saml(&acs)));
    }
    let mut directories = Directories::default();
    for (name, label, mode, credentials, settings) in rows {
        let created = moment(random);
        let mut app: Application = serde_json::from_value(json!({
            "id": random.id("0oa"), "name": name, "label": label, "status": "ACTIVE",
            "lastUpdated": time::iso(later(random, created)), "created": time::iso(created),
            "accessibility": { "selfService": false, "errorRedirectUrl": null, "loginRedirectUrl": null },
            "visibility": { "autoSubmitToolbar": false, "hide": { "iOS": false, "web": false }, "appLinks": { "login": true } },
            "features": [], "credentials": credentials, "settings": settings
        }))?;
        app.sign_on_mode = mode.into();
        match app.name.as_deref() {
            Some("active_directory") => directories.active_directory.clone_from(&app.id),
            Some("google") => directories.google.clone_from(&app.id),
            _ => {}
        }
        store.seed_app(serde_json::to_value(app)?)?;
    }
    Ok(directories)
}

fn saml(acs: &str) -> Value {
    json!({ "signOn": {
        "ssoAcsUrl": acs, "audience": acs, "recipient": acs, "destination": acs,
        "subjectNameIdTemplate": "${user.userName}",
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "allowMultipleAcsEndpoints": false, "requestCompressed": false,
        "responseSigned": true, "assertionSigned": true,
        "signatureAlgorithm": "RSA_SHA256", "digestAlgorithm": "SHA256",
        "honorForceAuthn": true, "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    } })
}

fn built_in(store: &mut Store, random: &mut Random, users: usize) -> Result<(), SeedError> {
    for (name, description, members) in [
        ("Everyone", "All users in your organization", users),
        (
            "Okta Administrators",
            "Okta manages this group, which contains all administrators in your organization.",
            users.min(5),
        ),
    ] {
        let mut group = record(random, name, json!(description));
        group.group_type = GroupType::BuiltIn;
        // Built-in groups have the age of the org: a user's groups begin with `Everyone` (recorded).
        group.created = time::iso(START_MS);
        group.has_admin_privilege = name == "Okta Administrators";
        group.members = (0..members as u32).collect();
        store.insert_group(group)?;
    }
    Ok(())
}

fn record(random: &mut Random, name: &str, description: Value) -> GroupRecord {
    let mut profile = Object::new();
    profile.insert("name".to_owned(), json!(name));
    profile.insert("description".to_owned(), description);
    let created = moment(random);
    let mut group = GroupRecord::new(random.id("00g"), profile, &time::iso(created));
    group.last_updated = time::iso(later(random, created));
    group.last_membership_updated = time::iso(later(random, created));
    group.has_owners_link = random.chance(25);
    group
}

fn okta_group(random: &mut Random, names: &mut BTreeMap<String, u32>) -> GroupRecord {
    let plain = format!("{} {}", random.pick(&PLACES), random.pick(&TEAMS));
    let times = names.entry(plain.clone()).or_default();
    *times += 1;
    let name = if *times == 1 { plain } else { format!("{plain} {times}") };
    let description = match random.below(10) {
        0..2 => Value::Null,
        2..4 => json!(""),
        _ => json!(format!("All members of {name}")),
    };
    let mut group = record(random, &name, description);
    if random.chance(30) {
        group.profile.insert("costCenter".to_owned(), json!(1000 + random.below(9000)));
    }
    if random.chance(30) {
        group.profile.insert("region".to_owned(), json!(random.pick(&REGIONS)));
    }
    if random.chance(15) {
        group.profile.insert("restricted".to_owned(), json!(random.chance(50)));
    }
    group
}

/// Makes a group of a directory. Names repeat: two `Administrators` in one org are recorded.
fn directory_group(random: &mut Random, directories: &Directories) -> GroupRecord {
    const NAMES: [&str; 6] = [
        "Administrators",
        "Domain Users",
        "Remote Desktop Users",
        "Backup Operators",
        "Engineering users",
        "Print Operators",
    ];
    let name = if random.chance(30) {
        random.pick(&NAMES).to_owned()
    } else {
        format!("{} {} {}", random.pick(&PLACES), random.pick(&TEAMS), 1 + random.below(400))
    };
    let description = if random.chance(70) { json!(format!("Imported: {name}")) } else { Value::Null };
    let mut group = record(random, &name, description);
    // Most recorded app groups are okta:user_group nevertheless; groups of a directory have the directory's profile.
    group.object_class = vec!["okta:windows_security_principal".to_owned()];
    let sid = format!(
        "S-1-5-21-{}-{}-{}-{}",
        700_000_000 + random.below(99_999_999),
        random.below(999_999_999),
        random.below(999_999_999),
        1000 + random.below(9000)
    );
    for (attribute, value) in [
        ("groupType", "Security".to_owned()),
        ("samAccountName", name.clone()),
        ("objectSid", sid),
        ("groupScope", random.pick(&["Global", "Universal", "DomainLocal"]).to_owned()),
        ("dn", format!("CN={name},OU=Groups,DC=corp,DC=example,DC=com")),
        ("windowsDomainQualifiedName", format!("CORP\\{name}")),
        ("externalId", random.base64_guid()),
    ] {
        group.profile.insert(attribute.to_owned(), Value::String(value));
    }
    imported(group, random, &directories.active_directory)
}

fn google_group(random: &mut Random, directories: &Directories) -> GroupRecord {
    let name = format!("{}-{}{}", ascii(random.pick(&TEAMS)), ascii(random.pick(&PLACES)), random.below(400));
    let mut group = record(random, &name, Value::Null);
    group.profile.insert("googleExternalId".to_owned(), json!(format!("0{}", random.hex(14))));
    imported(group, random, &directories.google)
}

fn imported(mut group: GroupRecord, random: &mut Random, app: &str) -> GroupRecord {
    group.group_type = GroupType::AppGroup;
    group.source = Some(app.to_owned());
    group.push_mappings = if random.chance(20) { 1 } else { 0 };
    group
}

/// Adds members and apps: most groups are small, a few have a tenth of the org's users.
fn add_members_and_apps(group: &mut GroupRecord, random: &mut Random, store: &Store) {
    let users = store.users.len();
    let size = match random.below(1000) {
        0..3 => users / 10,
        3..50 => random.below(200),
        50..200 => random.below(40),
        200..300 => 0,
        _ => random.below(12),
    };
    if users > 0 {
        group.members = (0..size).map(|_| random.below(users) as u32).collect();
    }
    let apps = if random.chance(50) { random.below(6) } else { 0 };
    if store.apps.len() > 0 {
        group.apps = (0..apps).map(|_| random.below(store.apps.len()) as u32).collect();
    }
}
