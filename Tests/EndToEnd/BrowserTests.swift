import Support
import Testing

/// The Payment Plugin in a real headless Chromium. Each flow is a function of Tests/Browser/flows.py, with its own server and browser;
/// one at a time, for a browser takes a core.
@Suite(.serialized) struct `The Payment Plugin in a browser` {
    static let flows = [
        "a_new_customer_is_approved_and_signs", "a_denied_customer_exits", "a_manual_review_ends_in_an_approval",
        "an_existing_customer_signs_in_with_a_password", "a_forgotten_password_is_changed_by_a_code",
        "an_auth_code_skips_the_login_once", "a_refused_bank_is_corrected", "every_field_says_what_is_wrong",
        "closing_midway_loses_nothing", "a_first_payment_that_declines_asks_for_another_method",
        "two_shops_in_two_tabs_never_meet", "a_script_in_a_name_is_a_name", "a_shop_is_told_what_is_wrong",
        "a_wrong_auth_key_is_said", "the_documents_server_sample_stands_behind_the_page",
        "a_shop_of_another_origin_changes_one_url", "a_fault_is_shown_and_what_was_typed_stays",
        "a_forged_message_is_not_believed", "an_expired_session_is_said", "the_keyboard_is_enough",
        "every_screen_is_accessible", "every_screen_is_right_on_a_phone", "a_blocked_script_is_said",
        "header_and_footer_answer",
    ]

    private func run(_ arguments: [String]) throws -> Program.Run {
        try Program.run(
            command: Repository.path(".build/venv/bin/python"),
            [Repository.path("Tests/Browser/flows.py")] + arguments, environment: ["MEDUSA_API_KEY": "shop"])
    }

    @Test(arguments: flows) func `does as its name says`(flow: String) throws {
        let isClosed = flow == "a_wrong_auth_key_is_said"
        let server = try isClosed ? Server("--quiet", "--api-key", "shop") : Server("--quiet")
        let run = try run([flow, server.url])
        #expect(run.code == 0, "\(run.errors)")
    }

    @Test func `has no flow that nobody runs`() throws {
        let listed = try run(["--list"]).output.split(separator: "\n").map(String.init)
        #expect(Set(listed) == Set(Self.flows))
    }
}
