package io.longshore.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an option takes: how the help calls it, what an error says was expected, and how a given text is brought into the form
 * that the server reads. Immutable.
 *
 * @param label what the help prints after the equals sign
 * @param expectation what an error names as expected, to follow the word "expected"
 * @param normal gives the text in the form that the server reads, or null for a text that is not accepted
 */
record ValueKind(String label, String expectation, Normal normal) {
    private static final Pattern TRACE_ENTRY = Pattern.compile("((?i:triton|opentelemetry),)?([^,;=]+)=([^;]+)");

    /** Any text, as it is. */
    static final ValueKind TEXT = new ValueKind("<text>", "a text", text -> text);

    /** A name, or {@code *} for all. */
    static final ValueKind NAME = new ValueKind("<name>", "a name", text -> text.isBlank() ? null : text);

    /** true or false, in each spelling that tritonserver takes. An option without value means true. */
    static final ValueKind BOOLEAN = new ValueKind("<boolean>", "true or false", ValueKind::booleanOrNull);

    /** A TCP port. */
    static final ValueKind PORT =
            new ValueKind("<port>", "a port number from 1 to 65535", text -> integerWithin(text, 1, 65535));

    /** A whole number from 0. */
    static final ValueKind COUNT =
            new ValueKind("<integer>", "a whole number from 0", text -> integerWithin(text, 0, Integer.MAX_VALUE));

    /** A whole number from 1. */
    static final ValueKind POSITIVE =
            new ValueKind("<integer>", "a whole number from 1", text -> integerWithin(text, 1, Integer.MAX_VALUE));

    /** A number of seconds from 0. */
    static final ValueKind SECONDS = new ValueKind("<seconds>", "a whole number of seconds from 0", COUNT.normal());

    /** A number of bytes from 1. */
    static final ValueKind BYTES =
            new ValueKind("<bytes>", "a whole number of bytes from 1", text -> integerWithin(text, 1, Long.MAX_VALUE));

    /** A file or folder that exists; it is made absolute. A cloud address passes unchecked, for the server to judge. */
    static final ValueKind EXISTING_PATH = new ValueKind(
            "<path>", "a folder or a model file that exists and has no comma in its path", ValueKind::existingOrNull);

    /** A file that exists; it is made absolute. */
    static final ValueKind FILE = new ValueKind("<path>", "a file that exists", ValueKind::fileOrNull);

    /** A file that need not exist yet, in a folder that does; it is made absolute. */
    static final ValueKind NEW_FILE =
            new ValueKind("<path>", "a file in a folder that exists", ValueKind::newFileOrNull);

    /** {@code backend,setting=value}, or {@code setting=value} for all backends. */
    static final ValueKind BACKEND_SETTING = new ValueKind(
            "<backend>,<setting>=<value>",
            "backend,setting=value without a semicolon",
            text -> text.contains("=") && !text.contains(";") ? text : null);

    /** {@code setting=value}. */
    static final ValueKind SETTING = new ValueKind(
            "<setting>=<value>",
            "setting=value without a semicolon",
            text -> text.contains("=") && !text.contains(";") ? text : null);

    /** {@code setting=value}, or {@code mode,setting=value}; the server knows the settings. */
    static final ValueKind TRACE_SETTING = new ValueKind(
            "[<mode>,]<setting>=<value>",
            "setting=value, or triton or opentelemetry with a comma before it, without a semicolon",
            ValueKind::traceSettingOrNull);

    /** Like {@code kind}, for an old option whose value is now that of the trace setting {@code name}. */
    static ValueKind traceSetting(String name, ValueKind kind) {
        return new ValueKind(kind.label(), kind.expectation(), text -> {
            String normal = kind.normal().of(text);
            return normal == null ? null : TRACE_SETTING.normal().of(name + "=" + normal);
        });
    }

    /** {@code category,category:header=value}; the server knows the categories. The value is a secret. */
    static final ValueKind RESTRICTION = new ValueKind(
            "<category>[,<category>...]:<header>=<value>",
            "category:header=value, or several categories with commas between, without a semicolon",
            text -> text.matches("[^:;=]+:[^:;=]+=[^;]+") ? text : null);

    /** {@code name:count} or {@code name:count:device}. */
    static final ValueKind RESOURCE = new ValueKind(
            "<name>:<count>[:<device>]",
            "name:count or name:count:device, with numbers from 0",
            text -> text.matches("[^:,]+:[0-9]{1,10}(:[0-9]{1,9})?") ? text : null);

    /** A text as messages show it: not at all where it may hold a secret. */
    String shown(String text) {
        return equals(RESTRICTION) ? "(not shown)" : text;
    }

    /** Turns a given text into the form that the server reads. */
    @FunctionalInterface
    interface Normal {
        /** The accepted form of {@code text}, or null where it is not accepted. */
        @Nullable
        String of(String text);
    }

    /** One of a few words. */
    static ValueKind oneOf(String... words) {
        return oneOf(UnaryOperator.identity(), words);
    }

    /** One of a few words, which {@code meaning} then translates into the server's word. */
    static ValueKind oneOf(UnaryOperator<String> meaning, String... words) {
        List<String> known = Arrays.asList(words);
        return new ValueKind(
                "<" + String.join("|", known) + ">",
                "one of " + String.join(", ", known),
                text -> known.contains(text) ? meaning.apply(text) : null);
    }

    private static @Nullable String booleanOrNull(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "on" -> "true";
            case "false", "0", "off" -> "false";
            default -> null;
        };
    }

    private static @Nullable String integerWithin(String text, long least, long most) {
        try {
            long number = Long.parseLong(text.strip());
            return number >= least && number <= most ? Long.toString(number) : null;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private static @Nullable String existingOrNull(String text) {
        if (text.contains("://")) {
            return text;
        }
        try {
            Path path = Path.of(text).toAbsolutePath();
            boolean usable = !text.isBlank() && !text.contains(",") && Files.exists(path);
            return usable ? path.toString() : null;
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }

    /** A file is made absolute, since the server may work in another folder. */
    private static @Nullable String traceSettingOrNull(String text) {
        Matcher parts = TRACE_ENTRY.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        String mode = parts.group(1) == null ? "" : parts.group(1).toLowerCase(Locale.ROOT);
        String value = parts.group(3);
        if (mode.equals("triton,") && parts.group(2).equals("file")) {
            try {
                value = Path.of(value).toAbsolutePath().toString();
            } catch (InvalidPathException notAPath) {
                return null;
            }
        }
        return mode + parts.group(2) + "=" + value;
    }

    private static @Nullable String newFileOrNull(String text) {
        try {
            Path path = Path.of(text).toAbsolutePath();
            Path folder = path.getParent();
            boolean usable = !text.isBlank() && folder != null && Files.isDirectory(folder) && !Files.isDirectory(path);
            return usable ? path.toString() : null;
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }

    private static @Nullable String fileOrNull(String text) {
        try {
            Path path = Path.of(text).toAbsolutePath();
            return !text.isBlank() && Files.isRegularFile(path) ? path.toString() : null;
        } catch (InvalidPathException notAPath) {
            return null;
        }
    }
}
