//! A private key, made once for each run of the tests.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Bytes that stand before the key itself in the PKCS#8 form of an RSA key of 2048 bits.
const HEADER: usize = 26;

static PEMS: LazyLock<(String, String)> = LazyLock::new(|| {
    let made = KeyPair::generate(KeySize::Rsa2048).and_then(|pair| pair.as_der());
    let Ok(der) = made else { panic!("no RSA key could be made") };
    let der = der.as_ref();
    (pem("RSA PRIVATE KEY", &der[HEADER..]), pem("PRIVATE KEY", der))
});

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in STANDARD.encode(der).as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

pub(in crate::github) fn pkcs1() -> &'static str {
    &PEMS.0
}

pub(in crate::github) fn pkcs8() -> &'static str {
    &PEMS.1
}
