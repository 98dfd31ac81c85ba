package io.longshore.protocol.config;

import io.longshore.model.Ensemble;
import io.longshore.model.EnsembleRules;
import io.longshore.model.ModelConfig;
import io.longshore.protocol.config.proto.ModelEnsembling;

/**
 * Turns {@code ensemble_scheduling} into what it stands for, and checks it against the rest of the configuration. Not
 * thread-safe; used once.
 *
 * <p>Message texts follow {@code model_config_utils.cc} of Triton's core.
 */
final class EnsembleMapper {
    private static final String FIELD = "ensemble_scheduling";

    private final io.longshore.protocol.config.proto.ModelConfig message;
    private final ConfigLines lines;
    private final ConfigFindings findings;

    EnsembleMapper(io.longshore.protocol.config.proto.ModelConfig message, ConfigLines lines, ConfigFindings findings) {
        this.message = message;
        this.lines = lines;
        this.findings = findings;
    }

    /** Fills a configuration whose inputs and outputs are filled; what is wrong goes to the findings. */
    void map(ModelConfig.Builder config) {
        boolean isPlatform = message.getPlatform().equals(Ensemble.PLATFORM);
        if (!message.hasEnsembleScheduling()) {
            if (isPlatform) {
                problem(
                        "platform",
                        "ensemble scheduling must be set for ensemble " + config.name()
                                + " whose platform is ensemble");
            }
            return;
        }
        if (!isPlatform) {
            problem(
                    FIELD,
                    "ensemble scheduling cannot be set for model '" + config.name()
                            + "' whose platform is not ensemble; state platform: \"ensemble\"");
        }
        if (!message.getBackend().isEmpty()) {
            problem(
                    "backend",
                    "Ensemble model '" + config.name() + "' must have platform type 'ensemble' and empty backend type");
        }
        checkAbsent(config.name());
        config.ensemble(ensemble(message.getEnsembleScheduling()));
        EnsembleRules.problems(config).forEach(problem -> problem(FIELD, problem));
    }

    private void checkAbsent(String name) {
        if (message.getInstanceGroupCount() > 0) {
            problem("instance_group", "instance group should not be specified for ensemble '" + name + "'");
        }
        if (message.hasOptimization()) {
            problem("optimization", "optimization should not be specified for ensemble '" + name + "'");
        }
        if (message.getModelWarmupCount() > 0) {
            problem("model_warmup", "model_warmup can not be specified for ensemble '" + name + "'");
        }
    }

    private Ensemble ensemble(ModelEnsembling stated) {
        boolean namesSpace = stated.getStepList().stream()
                .anyMatch(step -> !step.getModelNamespace().isEmpty());
        if (namesSpace) {
            findings.note(lines.of(FIELD), FIELD + ": model_namespace has no effect: models have no namespaces");
        }
        return new Ensemble(
                stated.getStepList().stream().map(EnsembleMapper::step).toList(),
                Integer.toUnsignedLong(stated.getMaxInflightRequests()));
    }

    private static Ensemble.Step step(ModelEnsembling.Step stated) {
        return new Ensemble.Step(
                stated.getModelName(), stated.getModelVersion(), stated.getInputMapMap(), stated.getOutputMapMap());
    }

    private void problem(String field, String what) {
        findings.problem(lines.of(field), field + ": " + what);
    }

    /** The message of an ensemble. */
    static ModelEnsembling message(Ensemble ensemble) {
        ModelEnsembling.Builder message =
                ModelEnsembling.newBuilder().setMaxInflightRequests((int) ensemble.maxInflightRequests());
        for (Ensemble.Step step : ensemble.steps()) {
            message.addStep(ModelEnsembling.Step.newBuilder()
                    .setModelName(step.model())
                    .setModelVersion(step.version())
                    .putAllInputMap(step.inputMap())
                    .putAllOutputMap(step.outputMap()));
        }
        return message.build();
    }
}
