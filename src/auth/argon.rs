//! argon2 in memory that each thread uses again.
//!
//! A hashing takes 19 MiB. Given back to the allocator and asked for anew each time, they stay with the process many times over (160 MiB
//! were seen), and the operating system clears them each time.

use std::cell::RefCell;

use argon2::{Argon2, Block};

use crate::error::{Error, Result};

/// What a thread keeps: what one hashing of ours takes. Another system's hash may take more, for the time of its check.
const KEPT_BLOCKS: usize = 19_456;

thread_local! {
    static KEPT: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// Fills `digest` with the hash of a password.
///
/// # Errors
/// Internal: when the hasher's parameters do not fit the salt or the digest, and for lack of memory.
pub(super) fn digest(
    hasher: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    digest: &mut [u8],
) -> Result<()> {
    let blocks = hasher.params().block_count();
    let done = if blocks > KEPT_BLOCKS {
        hasher.hash_password_into(password, salt, digest)
    } else {
        KEPT.with_borrow_mut(|kept| {
            if kept.len() < blocks {
                kept.resize(blocks, Block::default());
            }
            let memory = kept.get_mut(..blocks).unwrap_or_default();
            hasher.hash_password_into_with_memory(password, salt, digest, memory)
        })
    };
    done.map_err(|error| Error::internal("argon2 failed").caused_by(error.to_string()))
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, Version};

    use super::*;

    #[test]
    fn used_memory_hashes_as_fresh_memory_does() {
        for algorithm in [Algorithm::Argon2d, Algorithm::Argon2i, Algorithm::Argon2id] {
            for version in [Version::V0x10, Version::V0x13] {
                for (memory, lanes) in [(1024, 1), (256, 4), (512, 2), (20_000, 1)] {
                    let params = Params::new(memory, 2, lanes, Some(32)).unwrap();
                    let hasher = Argon2::new(algorithm, version, params);
                    let (mut fresh, mut used) = ([0; 32], [0; 32]);
                    hasher
                        .hash_password_into(b"secret", b"salt of it", &mut fresh)
                        .unwrap();
                    digest(&hasher, b"secret", b"salt of it", &mut used).unwrap();
                    assert_eq!(fresh, used, "{algorithm} {version:?} {memory}");
                }
            }
        }
        assert!(KEPT.with_borrow(Vec::len) <= KEPT_BLOCKS);
    }
}
