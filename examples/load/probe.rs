//! What a server can do, asked before it is measured.

use hyper::Method;
use serde_json::Value;

use crate::Outcome;
use crate::client::{Call, Connection, encode};
use crate::directory;
use crate::plan::{activation, list};

/// Whether the text "False" of a PATCH makes a user inactive.
pub(crate) async fn reads_text(connection: &mut Connection, id: &str) -> Outcome<bool> {
    let read = switch(connection, id, true).await?;
    connection.send(&activation(id, true, read)).await?;
    Ok(read)
}

async fn switch(connection: &mut Connection, id: &str, as_text: bool) -> Outcome<bool> {
    let reply = connection.send(&activation(id, false, as_text)).await?;
    if !reply.status.is_success() {
        return Ok(false);
    }
    let user = directory::fetch(connection, format!("/Users/{}", encode(id))).await?;
    Ok(user.get("active") == Some(&Value::Bool(false)))
}

/// The cursor behind the first page; none when the server knows no cursors or has one page only.
pub(crate) async fn first_cursor(connection: &mut Connection) -> Outcome<Option<String>> {
    let reply = connection.send(&list("cursor=")).await?;
    if reply.status.as_u16() != 200 {
        return Ok(None);
    }
    Ok(next_cursor(&serde_json::from_slice(&reply.body)?))
}

/// The cursor that so many pages lead to, or the last but one.
pub(crate) async fn deep_cursor(
    connection: &mut Connection,
    first: String,
    pages: u32,
) -> Outcome<String> {
    let mut cursor = first;
    for _ in 1..pages {
        let reply = connection
            .demand(&list(&format!("cursor={}", encode(&cursor))), &[200])
            .await?;
        match next_cursor(&serde_json::from_slice(&reply.body)?) {
            Some(next) => cursor = next,
            None => break,
        }
    }
    Ok(cursor)
}

fn next_cursor(page: &Value) -> Option<String> {
    page.get("nextCursor")?.as_str().map(str::to_owned)
}

/// Why the server does not take a bulk request of so many operations and bytes, if so.
pub(crate) async fn bulk_refusal(
    connection: &mut Connection,
    operations: u32,
    bytes: usize,
) -> Outcome<Option<String>> {
    let call = Call::plain(Method::GET, "/ServiceProviderConfig".to_owned());
    let reply = connection.demand(&call, &[200]).await?;
    let config: Value = serde_json::from_slice(&reply.body)?;
    let bulk = config.get("bulk");
    if bulk.and_then(|bulk| bulk.get("supported")) != Some(&Value::Bool(true)) {
        return Ok(Some("the server has no bulk requests".to_owned()));
    }
    let limit = |name: &str| bulk.and_then(|bulk| bulk.get(name)?.as_u64());
    let over = |limit: Option<u64>, size: u64| limit.is_some_and(|limit| limit < size);
    let (most, longest) = (limit("maxOperations"), limit("maxPayloadSize"));
    Ok(if over(most, u64::from(operations)) {
        Some(format!(
            "the server takes {} operations at most",
            most.unwrap_or(0)
        ))
    } else if over(longest, u64::try_from(bytes)?) {
        let longest = longest.unwrap_or(0);
        Some(format!(
            "the server takes {longest} bytes at most, and it would be {bytes}"
        ))
    } else {
        None
    })
}
