package io.longshore.web.grpc;

import io.longshore.inference.ModelStatistics;
import io.longshore.inference.ModelStatistics.Total;
import io.longshore.inference.ServerStatus;
import io.longshore.protocol.grpc.ModelVersions;
import io.longshore.protocol.grpc.proto.InferBatchStatistics;
import io.longshore.protocol.grpc.proto.InferStatistics;
import io.longshore.protocol.grpc.proto.ModelStatisticsRequest;
import io.longshore.protocol.grpc.proto.ModelStatisticsResponse;
import io.longshore.protocol.grpc.proto.StatisticDuration;
import java.util.List;

/** What models have done, as messages; the same numbers as on REST. Failures are InferenceExceptions. Thread-safe. */
final class StatisticsMessages {
    private final ServerStatus status;

    StatisticsMessages(ServerStatus status) {
        this.status = status;
    }

    /** Of one model, or of all where none is named. */
    ModelStatisticsResponse of(ModelStatisticsRequest request) {
        List<ModelStatistics> models = request.getName().isEmpty()
                ? status.statistics()
                : status.statistics(ModelVersions.selector(request.getName(), request.getVersion()));
        ModelStatisticsResponse.Builder answer = ModelStatisticsResponse.newBuilder();
        models.forEach(model -> answer.addModelStats(message(model)));
        return answer.build();
    }

    private static io.longshore.protocol.grpc.proto.ModelStatistics message(ModelStatistics model) {
        var message = io.longshore.protocol.grpc.proto.ModelStatistics.newBuilder()
                .setName(model.name())
                .setVersion(Long.toString(model.version()))
                .setLastInference(model.lastInferenceMillis(System.currentTimeMillis()))
                .setInferenceCount(model.inferenceCount())
                .setExecutionCount(model.executionCount())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(duration(model.success()))
                        .setFail(duration(model.fail()))
                        .setQueue(duration(model.queue()))
                        .setComputeInput(duration(model.compute().input()))
                        .setComputeInfer(duration(model.compute().infer()))
                        .setComputeOutput(duration(model.compute().output()))
                        .setCacheHit(duration(model.caching().hits()))
                        .setCacheMiss(duration(model.caching().misses())));
        for (ModelStatistics.Batch batch : model.batches()) {
            message.addBatchStats(InferBatchStatistics.newBuilder()
                    .setBatchSize(batch.size())
                    .setComputeInput(duration(batch.compute().input()))
                    .setComputeInfer(duration(batch.compute().infer()))
                    .setComputeOutput(duration(batch.compute().output())));
        }
        return message.build();
    }

    private static StatisticDuration duration(Total total) {
        return StatisticDuration.newBuilder()
                .setCount(total.count())
                .setNs(total.nanos())
                .build();
    }
}
