import Support
import Testing

/// The Payment Plugin in a real headless Chromium. Each flow is a function of a file in Tests/Browser, with its own server and browser;
/// one at a time, for a browser takes a core.
@Suite(.serialized) struct `The Payment Plugin in a browser` {
    struct Flow: Hashable, CustomTestStringConvertible {
        let file: String
        let name: String
        var testDescription: String { name }
    }

    /// What shoppers do.
    static let shoppers = of(
        "flows.py",
        "a_new_customer_is_approved_and_signs", "a_denied_customer_exits", "a_manual_review_ends_in_an_approval",
        "an_existing_customer_signs_in_with_a_password", "a_forgotten_password_is_changed_by_a_code",
        "a_letter_about_the_password_leads_to_a_new_one_once",
        "a_letter_about_a_lease_leads_to_its_agreement_signed_in",
        "an_auth_code_skips_the_login_once", "a_refused_bank_is_corrected", "every_field_says_what_is_wrong",
        "closing_midway_loses_nothing", "a_first_payment_that_declines_asks_for_another_method",
        "two_shops_in_two_tabs_never_meet", "a_script_in_a_name_is_a_name", "a_shop_is_told_what_is_wrong",
        "a_wrong_auth_key_is_said", "the_documents_server_sample_stands_behind_the_page",
        "a_shop_of_another_origin_changes_one_url", "a_fault_is_shown_and_what_was_typed_stays",
        "a_forged_message_is_not_believed", "an_expired_session_is_said", "the_keyboard_is_enough",
        "every_screen_is_accessible", "every_screen_is_right_on_a_phone", "a_blocked_script_is_said",
        "header_and_footer_answer")

    /// What shops do to their pages.
    static let shops = of(
        "shops.py",
        "one_modal_opens_however_often_the_button_is_pressed", "the_modal_opens_in_a_body_that_was_replaced",
        "the_modal_stays_open_when_the_body_is_replaced_under_it", "a_reload_and_the_way_back_leave_a_page_that_works",
        "the_modal_is_in_view_whatever_the_shops_styles_are", "nothing_of_the_script_is_global_but_FlexSDK",
        "the_script_may_be_loaded_in_any_way", "each_of_several_buttons_sells_its_own_order",
        "an_isolated_page_may_embed_the_modal", "a_page_behind_a_tls_proxy_meets_no_plain_http",
        "a_page_from_a_file_closes_the_modal_and_hears_of_the_signature_once",
        "a_modal_that_did_not_load_leaves_nothing_behind", "a_modal_that_is_loading_can_be_closed",
        "a_shop_that_does_anything_at_any_time_keeps_its_page")

    /// What goes wrong on the way, and at the server.
    static let journeys = of(
        "journeys.py",
        "an_abandoned_lease_gives_way_to_the_next_order", "a_shopper_who_is_another_leaves_no_lease_behind",
        "only_the_modals_own_lease_gives_way", "the_same_order_is_found_where_it_was_left",
        "a_lost_answer_is_no_dead_end", "a_gateway_that_fails_after_the_fact_is_no_dead_end",
        "an_application_whose_answer_was_lost_is_decided_when_the_modal_is_opened_again",
        "a_lease_that_ends_while_it_is_read_is_said_in_plain_words",
        "a_decision_that_changes_while_a_screen_is_shown_is_said", "a_deciding_state_stands_for_a_moment",
        "every_button_may_be_pressed_twice", "a_strict_sandbox_finds_nothing_odd_about_the_modal",
        "what_the_shopper_types_is_judged_as_the_service_judges_it")

    /// Section D.4 by nothing but what it names, as a suite of the vendor's own would go through it.
    static let documented = of(
        "vendor.py",
        "header_and_footer", "email_screen", "password_screen", "forgot_password",
        "sms_is_offered_only_where_a_phone_is_on_file", "profile_info", "personal_info", "pay_frequency_on_a_phone",
        "banking_info", "decision_approved", "decision_denied")

    private static func of(_ file: String, _ names: String...) -> [Flow] { names.map { Flow(file: file, name: $0) } }

    private func run(_ file: String, _ arguments: [String]) throws -> Program.Run {
        try Program.run(
            command: Repository.path(".build/venv/bin/python"),
            [Repository.path("Tests/Browser/\(file)")] + arguments, environment: ["MEDUSA_API_KEY": "shop"])
    }

    private func check(_ flow: Flow) throws {
        let isClosed = flow.name == "a_wrong_auth_key_is_said"
        let server = try isClosed ? Server("--quiet", "--api-key", "shop") : Server("--quiet")
        let run = try run(flow.file, [flow.name, server.url])
        #expect(run.code == 0, "\(run.errors)")
    }

    @Test(arguments: shoppers) func `does as its name says`(flow: Flow) throws { try check(flow) }

    @Test(arguments: shops) func `works on a shop's page, whatever the shop does to it`(flow: Flow) throws {
        try check(flow)
    }

    @Test(arguments: journeys) func `is no dead end, whatever goes wrong`(flow: Flow) throws { try check(flow) }

    @Test(arguments: documented) func `has the ids, tags and texts that are documented`(flow: Flow) throws {
        try check(flow)
    }

    @Test func `has no flow that nobody runs`() throws {
        for flows in [Self.shoppers, Self.shops, Self.journeys, Self.documented] {
            let listed = try run(flows[0].file, ["--list"]).output.split(separator: "\n").map(String.init)
            #expect(listed.sorted() == flows.map(\.name).sorted())
        }
    }
}
