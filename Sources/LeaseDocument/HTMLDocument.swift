internal import Medusa

extension LeaseDocument {
    /// A complete HTML document, with every value of the caller's escaped.
    package var html: String {
        let items = itemRows.map { row in
            "<tr>" + row.map { "<td>\(escape($0))</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
        let prices = prices.map { "<tr><th scope=\"row\">\($0.name)</th><td>\(escape($0.value))</td></tr>" }
            .joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.title)</title>
            <style>
            body { font: 16px/1.5 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c; }
            .notice { border: 2px solid #b3261e; padding: .5rem 1rem; }
            table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
            th, td { border-bottom: 1px solid #ccc; padding: .3rem .5rem; text-align: left; }
            code { overflow-wrap: anywhere }
            </style>
            </head>
            <body>
            <h1>\(Self.title)</h1>
            <p class="notice"><strong>Sandbox document.</strong> \(Self.notice)</p>
            <h2>Parties</h2>
            <p>Lessor: FlexShopper (simulated). Lessee: \(escape(customerName)), \(escape(email)).</p>
            <p>Date: \(date). Transaction: \(escape(transaction.reference)).</p>
            <h2>Leased goods</h2>
            <table>
            <thead><tr>\(Self.itemColumns.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(items)
            </tbody>
            </table>
            <h2>Prices</h2>
            <table>
            <tbody>
            \(prices)
            </tbody>
            </table>
            <h2>Schedule</h2>
            <p>\(schedule)</p>
            <h2>Signature</h2>
            <p>\(signature) Lease: <code>\(escape(leaseId))</code></p>
            </body>
            </html>

            """
    }
}

/// The five characters that mean something in HTML text and attributes.
private func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
        switch character {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        default: escaped.unicodeScalars.append(character)
        }
    }
    return escaped
}
