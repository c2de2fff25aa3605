//! `ep-bot`: parses the command line and starts one command.

fn main() -> std::process::ExitCode {
    ep_bot::cli::main()
}
