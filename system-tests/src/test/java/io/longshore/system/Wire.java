package io.longshore.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * One way to speak the V2 protocol, so that a test of the protocol is written once and run over all of them. Answers are told
 * in the protocol's words, tensors as raw little-endian bytes whatever the wire makes of them. Thread-safe.
 */
interface Wire {
    /**
     * Infers.
     *
     * @throws WireRefusal if the server refuses
     */
    WireAnswer infer(WireCall call);

    /** Whether the model is ready. */
    boolean isReady(String model);

    /** The server's metadata. Integers may stand as text. */
    JsonNode serverMetadata();

    /**
     * A model's metadata. Integers may stand as text.
     *
     * @throws WireRefusal if the server refuses
     */
    JsonNode metadata(String model);

    /**
     * A model's configuration in effect. Integers may stand as text.
     *
     * @throws WireRefusal if the server refuses
     */
    JsonNode config(String model);

    /**
     * The statistics of a model's versions, the array {@code model_stats}. Integers may stand as text.
     *
     * @throws WireRefusal if the server refuses
     */
    JsonNode statistics(String model);

    /** The repository's index, an array. */
    JsonNode index();

    /**
     * Loads a model.
     *
     * @throws WireRefusal if the server refuses
     */
    void load(String model);

    /**
     * Loads a model with another configuration, as JSON.
     *
     * @throws WireRefusal if the server refuses
     */
    void load(String model, String config);

    /**
     * Unloads a model.
     *
     * @throws WireRefusal if the server refuses
     */
    void unload(String model);

    /**
     * Registers an object of system shared memory from its beginning.
     *
     * @throws WireRefusal if the server refuses
     */
    void registerRegion(String region, String key, long byteSize);

    /** Forgets a region, also one that is not there. */
    void unregisterRegion(String region);

    /** The names of the regions of system shared memory. */
    Set<String> regions();

    /** Whether FP16 and BF16 can be told; JSON and typed contents have no form for them. */
    boolean carriesHalfFloats();

    /** Whether BYTES that are no text can be told. */
    boolean carriesAnyBytes();

    /** Ends the client. Not AutoCloseable: JUnit would close it after the first test that it is an argument of. */
    void end();
}
