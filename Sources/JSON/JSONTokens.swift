/// A document as the row of its names and values, for whoever looks at each of them and needs no tree.
extension JSON {
    package struct Token {
        package enum Part {
            /// The name of a member; its value is the next token.
            case name
            case string, number
            /// `true`, `false`, `null`: they say nothing of anybody.
            case word
            case object, array
        }

        package let part: Part
        /// Where it stands in `document`; a name or a string without its quotes.
        package let range: Range<Int>
        /// Whether there is a `\` in it, so that its text is another than its source.
        package let isEscaped: Bool
        /// The place of the token behind it and all that it holds.
        package let next: Int
    }

    /// The bytes that the places of tokens are counted in.
    package var document: [UInt8] { storage.bytes }

    /// Of the whole document, whichever value of it this is.
    package var tokenCount: Int { storage.tape.count }

    /// - Parameter place: from 0, in the order of the text; a value follows what it is in.
    package func token(_ place: Int) -> Token {
        let entry = storage.tape[place]
        let part: Token.Part =
            switch entry.kind {
            case .null, .true, .false: .word
            case .number: .number
            case .string: entry.isName ? .name : .string
            case .array: .array
            case .object: .object
            }
        return Token(
            part: part, range: Int(entry.start)..<Int(entry.end), isEscaped: entry.isEscaped, next: Int(entry.next))
    }

    /// What a name or a string says.
    package func text(of token: Token) -> String {
        let source = storage.bytes[token.range]
        return token.isEscaped ? unescape(source) : String(decoding: source, as: UTF8.self)
    }
}
