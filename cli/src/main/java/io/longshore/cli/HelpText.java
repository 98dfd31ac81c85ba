package io.longshore.cli;

import java.util.ArrayList;
import java.util.List;

/** The texts of {@code --help}. */
final class HelpText {
    private static final int WIDTH = 100;
    private static final String INDENT = " ".repeat(8);

    private HelpText() {}

    /** What {@code longshore --help} prints. */
    static String overview() {
        return """
                Usage: longshore <command> [options]

                Serves machine learning models over the V2 inference protocol (Open Inference Protocol).

                Commands:
                  serve      Start the server and stay in the foreground; see 'longshore serve --help'.
                  prepare    Start and stop once, so that later starts are faster.

                Options:
                  --help     Show this text.
                  --version  Show the version.

                Without a model repository the server serves the demo.
                """;
    }

    /** What {@code longshore serve --help} prints: every option with its default, in groups. */
    static String serve() {
        StringBuilder text = new StringBuilder("""
                Usage: longshore serve [options]

                Options are tritonserver's, as --option=value or --option value. Where a configuration key is named, the
                environment (LONGSHORE_HTTP_PORT for longshore.http.port) and the configuration file set it too:
                the command line wins over the environment, the environment over the file, the file over the default.
                """);
        for (OptionGroup group : ServeOptions.groups()) {
            text.append('\n').append(group.title()).append(":\n");
            group.options().forEach(option -> append(text, option));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, ServeOption option) {
        text.append("  ").append(option.flag()).append('=').append(option.kind().label());
        text.append('\n');
        String ending = option.defaultText().isEmpty() ? "" : " Default: " + option.defaultText() + ".";
        String key = option.key() == null ? "" : " Key: " + option.key() + ".";
        for (String line : wrapped(option.description() + ending + key)) {
            text.append(INDENT).append(line).append('\n');
        }
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && INDENT.length() + line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
