//! Whether a delivery is from GitHub: HMAC-SHA-256 over the raw body.

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

/// Why a delivery is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the X-Hub-Signature-256 header is not `sha256=` with 64 hexadecimal digits")]
    Malformed,
    /// None of the secrets made this signature for this body.
    #[error("the signature fits none of the webhook secrets")]
    Mismatch,
}

/// Whether `signature_header` (`X-Hub-Signature-256`) was made over `body` with any of `secrets`. The time it
/// takes does not depend on where a signature differs. An empty secret, which anyone can sign with, fits nothing.
///
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
///
/// # Errors
/// When the header cannot be a signature, or fits none of the secrets.
pub fn verify(
    secrets: &[SecretString],
    body: &[u8],
    signature_header: &str,
) -> Result<(), SignatureError> {
    let digits = signature_header.strip_prefix("sha256=").ok_or(SignatureError::Malformed)?;
    let mut tag = [0; 32];
    hex::decode_to_slice(digits, &mut tag).map_err(|_| SignatureError::Malformed)?;
    let fits = secrets.iter().map(ExposeSecret::expose_secret).filter(|s| !s.is_empty()).any(|s| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, s.as_bytes());
        hmac::verify(&key, body, &tag).is_ok()
    });
    if fits { Ok(()) } else { Err(SignatureError::Mismatch) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's own example, from the page above.
    const SECRET: &str = "It's a Secret to Everybody";
    const BODY: &[u8] = b"Hello, World!";
    const HEADER: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn githubs_own_example_verifies_with_any_of_the_secrets() {
        let old: SecretString = "the one before".into();
        assert_eq!(verify(&[SECRET.into()], BODY, HEADER), Ok(()));
        assert_eq!(verify(&[old.clone(), SECRET.into()], BODY, HEADER), Ok(()));
        assert_eq!(verify(&[SECRET.into(), old], BODY, HEADER), Ok(()));
        assert_eq!(
            verify(&[SECRET.into()], BODY, &HEADER.to_uppercase().replace("SHA", "sha")),
            Ok(())
        );
    }

    #[test]
    fn another_body_secret_or_no_secret_is_a_mismatch() {
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(verify(&[SECRET.into()], b"Hello, World?", HEADER), mismatch);
        assert_eq!(verify(&["another".into()], BODY, HEADER), mismatch);
        assert_eq!(verify(&[], BODY, HEADER), mismatch);
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"");
        let header = format!("sha256={}", hex::encode(hmac::sign(&key, BODY)));
        assert_eq!(verify(&["".into()], BODY, &header), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_header_of_another_form_is_malformed() {
        let sha1 = HEADER.replace("sha256", "sha1");
        let spaced = format!("{HEADER} ");
        for header in ["", "sha256=", &HEADER[..70], &HEADER[7..], &sha1, &spaced, "sha256=é"] {
            assert_eq!(verify(&[SECRET.into()], BODY, header), Err(SignatureError::Malformed));
        }
    }
}
