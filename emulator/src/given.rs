//! Options and changes from JSON.

/// Reads JSON, or says in words which member is wrong and how. Lines and columns are left out: a caller in JavaScript gave
/// an object.
pub(crate) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, String> {
    // To serde an array is a struct without names.
    if json.trim_start().starts_with('[') {
        return Err("an array in place of an object".to_owned());
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let given = serde_path_to_error::deserialize(&mut reader).map_err(|error| error.to_string());
    let ended = given.and_then(|given| reader.end().map(|()| given).map_err(|error| error.to_string()));
    ended.map_err(|said| said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned())
}
