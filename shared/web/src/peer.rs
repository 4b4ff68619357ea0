//! Where a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;

/// The caller's address, when the server knows it: of the connection, or the last one that a trusted proxy noted.
pub(crate) fn peer(parts: &Parts, trust_forwarded_for: bool) -> Option<IpAddr> {
    if trust_forwarded_for {
        let lines =
            parts.headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let last = lines.flat_map(|line| line.split(',')).last();
        return last.and_then(|address| address.trim().parse().ok());
    }
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_when_the_proxy_is_trusted() {
        let request =
            Request::get("/").header("x-forwarded-for", "203.0.113.9, 198.51.100.7").body(()).unwrap();
        let parts = request.into_parts().0;
        assert_eq!(peer(&parts, false), None);
        assert_eq!(peer(&parts, true), Some([198, 51, 100, 7].into()));
    }
}
