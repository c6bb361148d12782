//! Reads options and changes from JSON.

/// Reads JSON. The error is a text that names the wrong member, without line and column: a caller in JavaScript passed an
/// object.
pub(crate) fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, String> {
    // serde would read an array as a struct by position.
    if json.trim_start().starts_with('[') {
        return Err("an array instead of an object".to_owned());
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let given = serde_path_to_error::deserialize(&mut reader).map_err(|error| error.to_string());
    let ended = given.and_then(|given| reader.end().map(|()| given).map_err(|error| error.to_string()));
    ended.map_err(|said| said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said).to_owned())
}
