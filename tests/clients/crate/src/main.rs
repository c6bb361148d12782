//! Lists and changes groups by the crate `okta` at the URL that is given, and prints what came of it as JSON.

use okta::Client;
use okta::types::{Group, GroupProfile};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn ids(groups: &[Group]) -> Vec<&str> {
    groups.iter().map(|group| group.id.as_str()).collect()
}

fn group(name: &str) -> Group {
    let profile = GroupProfile { name: name.to_owned(), description: String::new() };
    Group { profile: Some(profile), ..Group::default() }
}

async fn calls(client: &Client) -> Result<Value, Failure> {
    let groups = client.groups();
    let all = groups.list_all("", "", "").await?.body;
    let page = groups.list("", "", "", 200, "").await?.body;
    let imported = groups.list("", "type eq \"APP_GROUP\"", "", 200, "").await?.body;
    let made = groups.create(&group("West")).await?.body;
    let renamed = groups.update(&made.id, &group("Far West")).await?.body;
    let user = client.users().list("", "", 1, "", "", "", "").await?.body.remove(0).id;
    groups.add_user(&made.id, &user).await?;
    let joined = groups.list_users(&made.id, "", 200).await?.body;
    groups.remove_user_from(&made.id, &user).await?;
    let left = groups.list_users(&made.id, "", 200).await?.body;
    groups.delete(&made.id).await?;
    let gone = groups.get(&made.id).await.err().map(|error| error.to_string());
    Ok(json!({
        "all": ids(&all), "page": ids(&page), "imported": ids(&imported), "user": user,
        "renamed": renamed.profile.map(|profile| profile.name),
        "joined": joined.iter().map(|user| &user.id).collect::<Vec<_>>(), "left": left.len(), "gone": gone,
    }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let url = std::env::args().nth(1).ok_or("no URL")?;
    let mut client = Client::new("token");
    client.with_host_override(url);
    println!("{}", calls(&client).await?);
    Ok(())
}
