package io.longshore.backend.java;

import io.longshore.spi.Backend;
import io.longshore.spi.BackendContract;
import io.longshore.spi.ModelFiles;
import io.longshore.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Collectors;

class JavaBackendContractTest extends BackendContract {
    @Override
    protected Backend backend() {
        return new JavaBackend();
    }

    @Override
    protected ModelFiles identity(DataType type, long... dims) throws IOException {
        String declaration =
                type + Arrays.stream(dims).mapToObj(dim -> " " + dim).collect(Collectors.joining());
        ModelJar jar = ModelJar.in(folder.resolve("identity"));
        Files.writeString(jar.versionFolder().resolve(ContractModels.DECLARATION), declaration);
        return jar.write("model.jar", ContractModels.Identity.class.getName()).files();
    }

    @Override
    protected ModelFiles sumAndDifference() throws IOException {
        return jarOf(ContractModels.SumAndDifference.class);
    }

    @Override
    protected ModelFiles gather() throws IOException {
        return jarOf(ContractModels.Gather.class);
    }

    @Override
    protected ModelFiles slow() throws IOException {
        return jarOf(ContractModels.Slow.class);
    }

    /** A jar that names a class of this test, which the parent class loader finds. */
    private ModelFiles jarOf(Class<?> model) throws IOException {
        return ModelJar.in(folder.resolve(model.getSimpleName()))
                .write("model.jar", model.getName())
                .files();
    }
}
