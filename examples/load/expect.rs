//! When an answer counts as right.

use crate::client::Reply;

/// What an answer has to be.
#[derive(Clone, Copy)]
pub(crate) enum Expect {
    /// 200.
    Found,
    /// 200 and no members.
    WithoutMembers,
    /// 200 and `totalResults` is 0.
    Nobody,
    /// 200 and `totalResults` is 1.
    One,
    /// 200 and there is at least one resource.
    Page,
    /// 200, at least one resource and a cursor that leads on.
    CursorPage,
    /// 200 or 204.
    Changed,
    /// 201.
    Created,
    /// 200, and this many operations of the bulk request were answered 201.
    Bulk(usize),
}

impl Expect {
    /// Whether the answer is as expected.
    pub(crate) fn met(self, reply: &Reply) -> bool {
        let status = reply.status.as_u16();
        let total = || number(&reply.body, b"\"totalResults\"");
        match self {
            Self::Found => status == 200,
            Self::WithoutMembers => status == 200 && find(&reply.body, b"\"members\"").is_none(),
            Self::Nobody => status == 200 && total() == Some(0),
            Self::One => status == 200 && total() == Some(1),
            Self::Page => status == 200 && filled(&reply.body),
            Self::CursorPage => {
                status == 200
                    && filled(&reply.body)
                    && find(&reply.body, b"\"nextCursor\"").is_some()
            }
            Self::Changed => status == 200 || status == 204,
            Self::Created => status == 201,
            Self::Bulk(operations) => status == 200 && created(&reply.body) == operations,
        }
    }
}

fn find(body: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(body, part)
}

/// The number after a key, without parsing the whole body.
fn number(body: &[u8], key: &[u8]) -> Option<u32> {
    let rest = body.get(find(body, key)? + key.len()..)?.trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(rest.get(..length)?).ok()?.parse().ok()
}

/// Whether `Resources` has anything in it.
fn filled(body: &[u8]) -> bool {
    let key = b"\"Resources\"";
    let rest = find(body, key).and_then(|at| body.get(at + key.len()..));
    let rest = rest.and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"));
    let rest = rest.and_then(|rest| rest.trim_ascii_start().strip_prefix(b"["));
    rest.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
}

/// How many operations of a bulk request were answered 201.
fn created(body: &[u8]) -> usize {
    memchr::memmem::find_iter(body, b"\"status\"")
        .filter_map(|at| body.get(at + 8..)?.trim_ascii_start().strip_prefix(b":"))
        .filter(|rest| {
            let rest = rest.trim_ascii_start();
            rest.starts_with(b"\"201\"") || rest.starts_with(b"201")
        })
        .count()
}
