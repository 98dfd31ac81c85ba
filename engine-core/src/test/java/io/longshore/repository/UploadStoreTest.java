package io.longshore.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadStoreTest {
    @TempDir
    private Path elsewhere;

    private final UploadStore store = new UploadStore(1 << 20);

    @AfterEach
    void close() {
        store.close();
    }

    private static void write(UploadFolder upload, String name) throws IOException {
        try (OutputStream file = upload.file(name)) {
            file.write('a');
            file.write(new byte[] {'b', 'c'});
        }
    }

    @Test
    void files_lieInAFolderThatIsTheOwnersAlone() throws IOException {
        UploadFolder upload = store.begin();
        write(upload, "1/model.onnx");

        assertThat(upload.path().resolve("1/model.onnx")).hasContent("abc");
        assertThat(store.byteSize()).isEqualTo(3);
        for (Path folder :
                new Path[] {upload.path(), Objects.requireNonNull(upload.path().getParent())}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
        }
        upload.close();
        assertThat(store.byteSize()).isZero();
    }

    @Test
    void lastUserOut_deletesTheFiles() throws IOException {
        UploadFolder upload = store.begin();
        write(upload, "1/model.onnx");
        upload.retain();
        upload.close();
        assertThat(upload.path()).exists();

        upload.close();
        assertThat(upload.path()).doesNotExist();
    }

    @Test
    void linksThatSomebodyMade_areDeletedAndNotFollowed() throws IOException {
        Path precious = Files.writeString(elsewhere.resolve("precious"), "x");
        UploadFolder upload = store.begin();
        Files.createSymbolicLink(upload.path().resolve("link"), elsewhere);

        upload.close();
        assertThat(upload.path()).doesNotExist();
        assertThat(precious).exists();
    }

    @Test
    void close_deletesEverythingAndTakesNoMore() throws IOException {
        UploadFolder upload = store.begin();
        write(upload, "1/model.onnx");
        Path root = Objects.requireNonNull(upload.path().getParent());

        store.close();
        assertThat(root).doesNotExist();
        assertThatThrownBy(store::begin).hasMessageContaining("the server is stopping");
        upload.close();
        assertThat(store.byteSize()).isZero();
    }

    @Test
    void badNames_leaveNothingOnDisk() throws IOException {
        UploadFolder upload = store.begin();
        write(upload, "../outside");
        write(upload, "/outside");
        write(upload, "1");
        write(upload, "1/model.onnx");
        write(upload, "1");

        assertThat(upload.problems())
                .hasSize(4)
                .contains("the file name '1/model.onnx' is given twice, or as a file and as a folder");
        try (var left = Files.walk(Objects.requireNonNull(upload.path().getParent()))) {
            assertThat(left.filter(Files::isRegularFile))
                    .containsExactly(upload.path().resolve("1"));
        }
        upload.close();
    }

    @Test
    void files_areReadAsAModelsFolder() throws IOException {
        UploadFolder upload = store.begin();
        write(upload, "7/model.onnx");
        write(upload, "labels.txt");

        ModelFolder folder = upload.read("m");
        assertThat(folder.name()).isEqualTo("m");
        assertThat(folder.versions()).containsOnlyKeys(7L);
        upload.close();
    }
}
