//! Signals and orderly ends.

use tokio_util::sync::CancellationToken;

/// Cancels the token on SIGTERM or SIGINT; a second signal ends the process at once.
pub fn stop_on_signal(shutdown: CancellationToken) {
    tokio::spawn(async move {
        wait_for_signal().await;
        tracing::info!("stopping");
        shutdown.cancel();
        wait_for_signal().await;
        tracing::warn!("stopping at once");
        std::process::exit(130);
    });
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
