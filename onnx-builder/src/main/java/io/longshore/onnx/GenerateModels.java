package io.longshore.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Writes models of the catalogue into a model repository. */
public final class GenerateModels {
    private GenerateModels() {}

    /**
     * Writes the named models.
     *
     * @param args the repository's folder, then the names of models; without names, all of them
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if there is no folder, or no model of a name
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 0) {
            throw new IllegalArgumentException("usage: GenerateModels OUT_DIR [NAME...]; names are " + names());
        }
        Path repository = Path.of(args[0]);
        for (CatalogueModel model : selected(Arrays.asList(args).subList(1, args.length))) {
            model.write(repository);
        }
    }

    private static List<CatalogueModel> selected(List<String> names) {
        return names.isEmpty()
                ? CatalogueModel.all()
                : names.stream().map(GenerateModels::existing).toList();
    }

    private static CatalogueModel existing(String name) {
        return CatalogueModel.named(name)
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no model '" + name + "'; names are " + names()));
    }

    private static String names() {
        return CatalogueModel.all().stream().map(CatalogueModel::name).collect(Collectors.joining(", "));
    }
}
