package io.longshore.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The options of one command line, read and checked. Immutable.
 *
 * @param keys the configuration keys that options have set
 * @param withoutEffect the options given that have no effect yet, as they are written
 */
record CommandLineOptions(Map<String, String> keys, List<String> withoutEffect) {
    /** Copies both. */
    CommandLineOptions {
        keys = Map.copyOf(keys);
        withoutEffect = List.copyOf(withoutEffect);
    }

    /**
     * Reads the arguments after {@code serve}, in the forms {@code --opt=value} and {@code --opt value}.
     *
     * @throws UsageException naming every value that is not accepted, or the first option that is unknown or lacks its value
     */
    static CommandLineOptions parse(List<String> arguments) throws UsageException {
        CommandLine.ParseResult given = parsed(arguments);
        Map<String, String> keys = new LinkedHashMap<>();
        List<String> withoutEffect = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (ServeOption option : ServeOptions.all()) {
            if (given.hasMatchedOption(option.flag())) {
                List<String> values = given.matchedOptionValue(option.flag(), List.of());
                accept(option, values, keys, problems);
                if (!option.hasEffect()) {
                    withoutEffect.add(option.flag());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return new CommandLineOptions(keys, withoutEffect);
    }

    private static void accept(
            ServeOption option, List<String> values, Map<String, String> keys, List<String> problems) {
        for (String value : values) {
            String normal = option.kind().normal().of(value);
            String key = option.key();
            String separator = option.separator();
            if (normal == null) {
                problems.add(option.flag() + "=" + option.kind().shown(value) + ": expected "
                        + option.kind().expectation());
            } else if (key != null && separator != null) {
                keys.merge(key, normal, (before, next) -> before + separator + next);
            } else if (key != null) {
                keys.put(key, normal);
            }
        }
    }

    private static CommandLine.ParseResult parsed(List<String> arguments) throws UsageException {
        try {
            return new CommandLine(specification()).parseArgs(arguments.toArray(String[]::new));
        } catch (UnmatchedArgumentException unknown) {
            throw new UsageException(describe(unknown));
        } catch (MissingParameterException incomplete) {
            throw new UsageException(describe(incomplete));
        } catch (ParameterException malformed) {
            throw new UsageException(String.valueOf(malformed.getMessage()));
        }
    }

    private static String describe(UnmatchedArgumentException unknown) {
        String first = unknown.getUnmatched().get(0);
        if (!first.startsWith("-")) {
            return "unexpected argument " + first + ": 'longshore serve --help' lists the options";
        }
        String name = first.replaceFirst("=.*", "");
        String mend = Similarity.nearest(
                        name, ServeOptions.all().stream().map(ServeOption::flag).toList())
                .map(near -> "did you mean " + near + "?")
                .orElse("'longshore serve --help' lists all options");
        return "unknown option " + name + ": " + mend;
    }

    private static String describe(MissingParameterException incomplete) {
        String flag = ((OptionSpec) incomplete.getMissing().get(0)).longestName();
        String expected = ServeOptions.all().stream()
                .filter(option -> option.flag().equals(flag))
                .map(option -> option.kind().expectation())
                .findFirst()
                .orElse("a value");
        return flag + ": the value is missing, expected " + expected;
    }

    private static CommandSpec specification() {
        CommandSpec serve = CommandSpec.create().name("serve");
        for (ServeOption option : ServeOptions.all()) {
            boolean bare = option.kind().equals(ValueKind.BOOLEAN);
            serve.addOption(OptionSpec.builder(option.flag())
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .arity(bare ? "0..1" : "1")
                    .fallbackValue(bare ? "true" : null)
                    .paramLabel(option.kind().label())
                    .build());
        }
        return serve;
    }
}
