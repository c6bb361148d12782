//! `okta-groups-emulator`: the local org as a program.

use std::io::Write;

use clap::Parser;
use okta_groups_emulator::faults::{FaultOptions, RandomFaults};
use okta_groups_emulator::http::{Server, StaticMount};
use okta_groups_emulator::{
    Options, Org, Quirks, RateLimit, SeedData, SeedOptions, Token, check_host, check_origin,
};

/// A local Okta org for the Groups API, in memory, on 127.0.0.1.
#[derive(Parser)]
#[command(name = "okta-groups-emulator")]
struct Arguments {
    /// Port; 0 takes any free port
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Groups in all, the two built-in ones included
    #[arg(long, default_value_t = 100)]
    groups: usize,
    /// Users
    #[arg(long, default_value_t = 500)]
    users: usize,
    /// The same seed makes the same org
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Group rules, three in four of them ACTIVE
    #[arg(long, default_value_t = 0)]
    rules: usize,
    /// Groups that have an owner
    #[arg(long, default_value_t = 0)]
    owners: usize,
    /// JSON of groups, users, apps, memberships, rules, owners that replaces the seeded org
    #[arg(long, value_name = "FILE")]
    seed_data: Option<std::path::PathBuf>,
    /// Requests per minute of each bucket, or `off`: reported in headers, never enforced [default: 1000 for one group, 500 for other paths of groups, 600 for people, 100 for schemas]
    #[arg(long, value_name = "N|off", value_parser = rate_limit)]
    rate_limit: Option<RateLimit>,
    /// A token the org knows, and its scopes [default: any token]
    #[arg(long, value_name = "T[:scope,scope]", value_parser = token)]
    token: Vec<Token>,
    /// Faults to inject: a JSON file of `rules` and `random`, or a random share of requests [default rate: 0.1]
    #[arg(long, value_name = "FILE.json|seed:N[:RATE]", value_parser = faults)]
    faults: Option<FaultOptions>,
    /// A host name that the org answers to, besides loopback hosts
    #[arg(long, value_name = "HOST", value_parser = host)]
    allowed_host: Vec<String>,
    /// An origin whose pages may read answers and send cookies; pages at loopback hosts may read in any case
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    cors: Vec<String>,
    /// The origin of links, `aud` and `htu`, such as that of a proxy that ends TLS [default: http:// and the request's Host]
    #[arg(long, value_name = "ORIGIN")]
    org_url: Option<String>,
    /// Deviations from the documented API, as JSON: '{"joinedLinks":true,"defaultLimit":2,"undocumented":["ne"]}'
    #[arg(long, value_name = "JSON", value_parser = quirks)]
    quirks: Option<Quirks>,
    /// Compress answers for clients that take gzip, as real orgs do
    #[arg(long)]
    gzip: bool,
    /// A folder to serve beside the API; links that lead out of it are refused
    #[arg(long = "static", value_name = "MOUNT=DIR", value_parser = mount)]
    mounts: Vec<StaticMount>,
}

fn rate_limit(text: &str) -> Result<RateLimit, String> {
    match text {
        "off" => Ok(RateLimit::OFF),
        number => number.parse().map(RateLimit::each).map_err(|_| "a number or off".to_owned()),
    }
}

fn token(text: &str) -> Result<Token, String> {
    let (token, scopes) = text.split_once(':').unwrap_or((text, ""));
    if token.is_empty() {
        return Err("the token is empty".to_owned());
    }
    let scopes = scopes.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    Ok(Token { token: token.to_owned(), scopes })
}

fn faults(text: &str) -> Result<FaultOptions, String> {
    let Some(random) = text.strip_prefix("seed:") else {
        let json = std::fs::read_to_string(text).map_err(|error| format!("{text}: {error}"))?;
        return serde_json::from_str(&json).map_err(|error| format!("{text}: {error}"));
    };
    let (seed, rate) = random.split_once(':').unwrap_or((random, "0.1"));
    let (Ok(seed), Ok(rate)) = (seed.parse(), rate.parse()) else {
        return Err("seed:N or seed:N:RATE, where RATE is from 0 to 1".to_owned());
    };
    let mut options = FaultOptions::default();
    options.random = Some(RandomFaults::new(seed).rate(rate));
    Ok(options)
}

fn host(text: &str) -> Result<String, String> {
    check_host(text).map(|()| text.to_owned())
}

fn origin(text: &str) -> Result<String, String> {
    check_origin(text).map(|()| text.to_owned())
}

fn quirks(json: &str) -> Result<Quirks, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn mount(text: &str) -> Result<StaticMount, String> {
    match text.split_once('=') {
        Some((path, folder)) if path.starts_with('/') && !folder.is_empty() => {
            Ok(StaticMount { path: path.to_owned(), folder: folder.into() })
        }
        _ => Err("MOUNT=DIR, where MOUNT starts with a slash".to_owned()),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let mut options = Options::default();
    options.rate_limit = arguments.rate_limit.unwrap_or_default();
    options.tokens = arguments.token;
    options.seed = arguments.seed;
    options.allowed_hosts = arguments.allowed_host;
    options.cors = arguments.cors;
    options.faults = arguments.faults.unwrap_or_default();
    options.org_url = arguments.org_url;
    options.quirks = arguments.quirks.unwrap_or_default();
    let org = match arguments.seed_data {
        Some(file) => {
            let mut org = Org::new(options);
            org.load(SeedData::from_json(&std::fs::read_to_string(file)?)?)?;
            org
        }
        None => {
            let Arguments { groups, users, seed, rules, owners, .. } = arguments;
            Org::seeded(options, SeedOptions { groups, users, seed })
                .with_seeded_owners(owners)
                .with_seeded_rules(rules)
        }
    };
    let mut server = Server::bind(org, arguments.port, &arguments.mounts).await?;
    if arguments.gzip {
        server = server.with_gzip();
    }
    println!("okta-groups-emulator listening on {}", server.url());
    std::io::stdout().flush()?;
    server
        .run(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(())
}
