package io.longshore.web.grpc;

import io.longshore.inference.TraceControl;
import io.longshore.inference.TraceControl.Change;
import io.longshore.protocol.grpc.proto.TraceSettingRequest;
import io.longshore.protocol.grpc.proto.TraceSettingResponse;
import io.longshore.protocol.rest.TraceRequests;
import io.longshore.protocol.rest.TraceSettingsEncoder;
import io.longshore.trace.TraceSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Showing and changing trace settings, as messages. Failures are InferenceExceptions. Thread-safe. */
final class TraceCalls {
    private final TraceControl control;

    TraceCalls(TraceControl control) {
        this.control = control;
    }

    TraceSettingResponse setting(TraceSettingRequest request) {
        String model = request.getModelName();
        if (request.getSettingsCount() == 0) {
            return answer(control.settings(model));
        }
        // As in Triton an unknown model comes before what is wrong with the settings.
        control.settings(model);
        Map<String, List<String>> settings = new LinkedHashMap<>();
        request.getSettingsMap().forEach((name, value) -> settings.put(name, value.getValueList()));
        Change change = TraceRequests.change(settings);
        return answer(control.change(model, change));
    }

    private static TraceSettingResponse answer(TraceSettings settings) {
        TraceSettingResponse.Builder answer = TraceSettingResponse.newBuilder();
        TraceSettingsEncoder.values(settings)
                .forEach((name, values) -> answer.putSettings(
                        name,
                        TraceSettingResponse.SettingValue.newBuilder()
                                .addAllValue(values)
                                .build()));
        return answer.build();
    }
}
